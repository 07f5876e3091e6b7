// Arguments that must be there.
import { ScanError } from "../error.js";

/** `value`, or an error where it is no object. */
export function required<T extends object>(call: string, value: T): T {
  if (typeof value !== "object" || value === null) {
    throw new ScanError("dtype", `${call}: an object of arrays is missing, got ${String(value)}`);
  }
  return value;
}
