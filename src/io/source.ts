// Bytes that are read and written in pieces: a file need not fit the memory.
import { ScanError } from "../error.js";

/** Where bytes are read from. */
export interface Source {
  /** How many there are. */
  readonly bytes: number;
  /** Those from `start` to `end`, both within the source. */
  read(start: number, end: number): Uint8Array;
}

/** Where bytes are written to. */
export interface Sink {
  /** Writes them at `position`; bytes in between that were never written are zero. */
  write(position: number, bytes: Uint8Array): void;
}

/** What `call` was given as a file, as a source. */
export function sourceOf(call: string, file: Source | Uint8Array | ArrayBuffer): Source {
  const all = file instanceof ArrayBuffer ? new Uint8Array(file) : file;
  if (all instanceof Uint8Array) return { bytes: all.length, read: (start, end) => all.subarray(start, end) };
  if (typeof (all as Partial<Source> | undefined)?.read !== "function") {
    throw new ScanError("dtype", `${call}: \`bytes\` must be a Uint8Array, an ArrayBuffer or a source of them, got ${typeof file}`);
  }
  return all;
}

/** The numbers in a source's bytes, where it has them. */
export function numbersAt(source: Source, start: number, end: number): DataView {
  const { buffer, byteOffset, byteLength } = source.read(start, end);
  return new DataView(buffer, byteOffset, byteLength);
}

/** The bytes from `start` to `end` as characters, as far as there are bytes. */
export function charactersAt(source: Source, start: number, end: number): string {
  return String.fromCharCode(...source.read(Math.min(start, source.bytes), Math.min(end, source.bytes)));
}
