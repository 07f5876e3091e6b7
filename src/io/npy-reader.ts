// Arrays of npy files, in pieces.
import type { Real } from "../arrays.js";
import { realsOf, sizeOf } from "./elements.js";
import { type NpyArray, npyArray } from "./npy-header.js";
import { checkRows, type RowReader, rowsOf } from "./rows.js";
import { type Source, sourceOf } from "./source.js";

/**
 * Reads an npy file (versions 1 to 3, little-endian, C order) in pieces, so that it may be larger than the memory:
 * floats as they are (halves as float32), integers and booleans as float64. Throws a ScanError of code "file".
 */
export class NpyReader implements RowReader {
  readonly #source: Source;
  readonly #array: NpyArray;

  /** Takes the file itself, or what reads it in pieces. */
  constructor(file: Source | Uint8Array | ArrayBuffer) {
    this.#source = sourceOf(file);
    this.#array = npyArray(this.#source);
  }

  get shape(): readonly number[] {
    return this.#array.shape;
  }

  read(first: number, count: number): Real {
    const { shape, element, dataStart } = this.#array;
    checkRows(shape, first, count);
    const bytes = rowsOf(shape).width * sizeOf(element);
    return realsOf(element, this.#source.read(dataStart + first * bytes, dataStart + (first + count) * bytes));
  }
}
