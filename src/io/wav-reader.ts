// Sound of wav files, in pieces.
import { ScanError } from "../error.js";
import type { Real } from "../arrays.js";
import { realsOf } from "./elements.js";
import { checkRows, type RowReader } from "./rows.js";
import { charactersAt, numbersAt, type Source, sourceOf } from "./source.js";

interface Encoding {
  /** Bytes of a sample. */
  size: number;
  decode: (bytes: Uint8Array) => Float32Array;
}

/** By format (1 is PCM, 3 is float) and bits. */
const encodings: Readonly<Record<string, Encoding>> = {
  "1 8": { size: 1, decode: (bytes) => scaled(bytes, 2 ** 7, -1) },
  "1 16": { size: 2, decode: (bytes) => scaled(realsOf("I16", bytes), 2 ** 15) },
  "1 24": { size: 3, decode: threeBytes },
  "1 32": { size: 4, decode: (bytes) => scaled(realsOf("I32", bytes), 2 ** 31) },
  "3 32": { size: 4, decode: (bytes) => Float32Array.from(realsOf("F32", bytes)) },
  "3 64": { size: 8, decode: (bytes) => Float32Array.from(realsOf("F64", bytes)) },
};

/** What stands for the format where it is in the extension. */
const EXTENSIBLE = 0xfffe;

interface Chunk {
  start: number;
  bytes: number;
}

/**
 * Reads a wav file (PCM of 8, 16, 24 or 32 bits, or float) in pieces as [length, channels] float32. Whole numbers
 * become ones in [-1, 1), floats stay as they are. Throws a ScanError of code "file".
 */
export class WavReader implements RowReader {
  readonly #source: Source;
  readonly #encoding: Encoding;
  readonly #data: Chunk;
  readonly shape: readonly [length: number, channels: number];
  /** Steps in a second. */
  readonly rate: number;

  /** Takes the file itself, or what reads it in pieces. */
  constructor(file: Source | Uint8Array | ArrayBuffer) {
    const source = sourceOf(file);
    this.#source = source;
    const { format, data } = chunksOf(source);
    const { encoding, channels, rate } = formatOf(source, format);
    const step = channels * encoding.size;
    if (data.bytes % step !== 0) throw new ScanError("file", `the wav file's \`data\` have ${data.bytes} bytes, expected a multiple of ${step}`);
    this.#encoding = encoding;
    this.#data = data;
    this.shape = [data.bytes / step, channels];
    this.rate = rate;
  }

  read(first: number, count: number): Real {
    checkRows(this.shape, first, count);
    const step = this.shape[1] * this.#encoding.size;
    const { start } = this.#data;
    return this.#encoding.decode(this.#source.read(start + first * step, start + (first + count) * step));
  }
}

function chunksOf(source: Source): { format: Chunk; data: Chunk } {
  const magic = charactersAt(source, 0, 12);
  if (!magic.startsWith("RIFF") || !magic.endsWith("WAVE")) throw new ScanError("file", `no wav file: it begins with ${JSON.stringify(magic)}, expected "RIFF....WAVE"`);
  let format: Chunk | undefined;
  for (let at = 12; at + 8 <= source.bytes; ) {
    const name = charactersAt(source, at, at + 4);
    const chunk = { start: at + 8, bytes: numbersAt(source, at + 4, at + 8).getUint32(0, true) };
    const rest = source.bytes - chunk.start;
    if (chunk.bytes > rest) throw new ScanError("file", `a wav file cut short: its chunk ${JSON.stringify(name)} should have ${chunk.bytes} bytes, and ${rest} follow`);
    if (name === "fmt ") format = chunk;
    if (name === "data") {
      if (format === undefined) throw new ScanError("file", "a wav file without a chunk \"fmt \" before its chunk \"data\"");
      return { format, data: chunk };
    }
    at = chunk.start + chunk.bytes + (chunk.bytes % 2);
  }
  throw new ScanError("file", "a wav file without a chunk \"data\"");
}

function formatOf(source: Source, { start, bytes }: Chunk): { encoding: Encoding; channels: number; rate: number } {
  if (bytes < 16) throw new ScanError("file", `the wav file's chunk "fmt " has ${bytes} bytes, expected at least 16`);
  const numbers = numbersAt(source, start, start + bytes);
  const [own, channels, rate, block, bits] = [numbers.getUint16(0, true), numbers.getUint16(2, true), numbers.getUint32(4, true), numbers.getUint16(12, true), numbers.getUint16(14, true)];
  const format = own === EXTENSIBLE && bytes >= 26 ? numbers.getUint16(24, true) : own;
  const encoding = encodings[`${format} ${bits}`];
  if (encoding === undefined) throw new ScanError("file", `the wav file is of format ${format} with ${bits} bits, expected PCM (1) with 8, 16, 24 or 32, or float (3) with 32 or 64`);
  if (channels === 0) throw new ScanError("file", "the wav file has 0 channels, expected at least 1");
  if (block !== channels * encoding.size) throw new ScanError("file", `the wav file has ${block} bytes a step, expected ${channels * encoding.size} for ${channels} channels of ${bits} bits`);
  return { encoding, channels, rate };
}

function scaled(samples: Real | Uint8Array, full: number, shift = 0): Float32Array {
  const values = new Float32Array(samples.length);
  for (let i = 0; i < values.length; i++) values[i] = samples[i]! / full + shift;
  return values;
}

function threeBytes(bytes: Uint8Array): Float32Array {
  const samples = new Float32Array(bytes.length / 3);
  for (let i = 0, at = 0; i < samples.length; i++, at += 3) {
    samples[i] = ((bytes[at]! << 8) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 24)) / 2 ** 31;
  }
  return samples;
}
