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

/** What `call` was given as a file's bytes, as a source. */
export function sourceOf(call: string, bytes: Uint8Array | ArrayBuffer): Source {
  const all = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
  if (!(all instanceof Uint8Array)) throw new ScanError("dtype", `${call}: \`bytes\` must be a Uint8Array or an ArrayBuffer, got ${typeof bytes}`);
  return { bytes: all.length, read: (start, end) => all.subarray(start, end) };
}

/** The numbers in a source's bytes, where it has them. */
export function numbersAt(source: Source, start: number, end: number): DataView {
  const { buffer, byteOffset, byteLength } = source.read(start, end);
  return new DataView(buffer, byteOffset, byteLength);
}
