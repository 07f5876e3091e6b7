// Arrays in files, read in pieces: rows are what their last axis is made of.
import type { Real } from "../arrays.js";
import { ScanError } from "../error.js";

/** An array in a file. */
export interface RowReader {
  readonly shape: readonly number[];
  /** `count` rows from the one at `first` on: [count, width], width being the last axis. */
  read(first: number, count: number): Real;
}

/** How many rows an array has, and how wide they are; a single number is a row. */
export function rowsOf(shape: readonly number[]): { rows: number; width: number } {
  return { rows: shape.slice(0, -1).reduce((product, axis) => product * axis, 1), width: shape.at(-1) ?? 1 };
}

/** Refuses rows that an array does not have. */
export function checkRows(shape: readonly number[], first: number, count: number): void {
  const { rows } = rowsOf(shape);
  if (first < 0 || count < 0 || first + count > rows) throw new ScanError("shape", `rows ${first} to ${first + count} of [${shape.join(", ")}], which has ${rows}`);
}
