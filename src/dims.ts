// Sizes of axes, and what a number can be that a size cannot.
import { ScanError } from "./error.js";

/** Axis sizes of a `[batch, length, channels]` signal, channels contiguous. */
export interface Dims {
  /** Independent sequences. */
  batch: number;
  /** Time steps. */
  length: number;
  /** Independent recurrences in each sequence. */
  channels: number;
}

/** The sizes named, each checked to be a whole number, their product to be one that JavaScript can count to. */
export function checkDims<K extends string>(dims: Readonly<Record<K, number>>, axes: readonly K[]): number[] {
  if (typeof dims !== "object" || dims === null) {
    throw new ScanError("shape", `\`dims\` is missing, expected { ${axes.join(", ")} }`);
  }
  let product = 1;
  const sizes = axes.map((axis) => {
    const size: unknown = dims[axis];
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
      throw new ScanError("shape", `\`${axis}\` must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got ${String(size)}`);
    }
    product *= Math.max(size, 1);
    return size;
  });
  if (!Number.isSafeInteger(product)) {
    throw new ScanError("shape", `${axes.map((axis) => `\`${axis}\``).join(" x ")} is ${product} elements, more than ${Number.MAX_SAFE_INTEGER}`);
  }
  return sizes;
}

/** Checks the length of the argument called `name` from which results take theirs, before they are allocated. */
export function checkLength(name: string, array: { readonly length: number }, expected: number): void {
  if (array.length !== expected) {
    throw new ScanError("shape", `\`${name}\` has ${array.length} elements, expected ${expected}`);
  }
}
