// Shapes of operands, and what they have to be.
import { ScanError } from "../error.js";
import type { Operand } from "./tape.js";

export const sizeOf = (dims: readonly number[]): number => dims.reduce((product, size) => product * size, 1);

/** The elements of the last axis. */
export const widthOf = (operand: Operand): number => operand.dims.at(-1) ?? 1;

/** How many rows of the last axis there are. */
export const rowsOf = (operand: Operand): number => sizeOf(operand.dims.slice(0, -1));

export const shapeOf = (dims: readonly number[]): string => `[${dims.join(", ")}]`;

/** Refuses an argument of another shape. */
export function checkShape(operation: string, argument: string, operand: Operand, dims: readonly number[]): void {
  const fits = operand.dims.length === dims.length && operand.dims.every((size, i) => size === dims[i]);
  if (!fits) throw new ScanError("shape", `${operation}: \`${argument}\` is ${shapeOf(operand.dims)}, expected ${shapeOf(dims)}`);
}

/** Refuses two shapes neither of which ends the other, and gives the longer one. */
export function broadcast(operation: string, x: Operand, y: Operand): readonly number[] {
  const [long, short] = x.dims.length >= y.dims.length ? [x.dims, y.dims] : [y.dims, x.dims];
  const tail = long.slice(long.length - short.length);
  if (short.every((size, i) => size === tail[i])) return long;
  throw new ScanError("shape", `${operation}: ${shapeOf(x.dims)} and ${shapeOf(y.dims)} do not fit: one has to be how the other ends`);
}

/** The shape of an argument that has to have so many axes. */
export function axes(operation: string, argument: string, operand: Operand, count: number): readonly number[] {
  if (operand.dims.length === count) return operand.dims;
  throw new ScanError("shape", `${operation}: \`${argument}\` is ${shapeOf(operand.dims)}, which has ${operand.dims.length} axes, expected ${count}`);
}
