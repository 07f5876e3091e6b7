// Bytes that are read and written in pieces: a file need not fit the memory.
import { checkKind } from "../arrays.js";

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

/** A file, given as its bytes or as what reads it in pieces. */
export function sourceOf(file: Source | Uint8Array | ArrayBuffer): Source {
  if (typeof (file as Partial<Source> | undefined)?.read === "function") return file as Source;
  const bytes = isBuffer(file) ? new Uint8Array(file) : (file as Uint8Array);
  checkKind("bytes", "Uint8Array", bytes);
  return { bytes: bytes.length, read: (start, end) => bytes.subarray(start, end) };
}

/** An ArrayBuffer of any realm. */
function isBuffer(file: unknown): file is ArrayBuffer {
  return Object.prototype.toString.call(file) === "[object ArrayBuffer]";
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
