// Operands as operators and tapes take them.
import type { Real } from "../arrays.js";
import type { Given } from "../layers/mixer.js";
import type { Operand } from "./tape.js";

/** Those that are there, in their order. */
export function listed<T>(...operands: (T | undefined)[]): T[] {
  return operands.filter((operand) => operand !== undefined);
}

/** The arrays of those that are there, by name. */
export function dataOf<T extends Record<string, Operand | undefined>>(operands: T): Given<{ [K in keyof T]: undefined extends T[K] ? Real | undefined : Real }> {
  const present = Object.entries(operands).filter((entry): entry is [string, Operand] => entry[1] !== undefined);
  return Object.fromEntries(present.map(([name, { data }]) => [name, data])) as never;
}
