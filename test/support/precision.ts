// The two precisions: their arrays and what a serial loop rounds to in them.
import type { Real } from "ssm-scan";

export const dtypes = ["float32", "float64"] as const;
export type Dtype = (typeof dtypes)[number];

const arrays = { float32: Float32Array, float64: Float64Array } as const;

/** The class of a precision's arrays. */
export const arrayOf = (dtype: Dtype): (typeof arrays)[Dtype] => arrays[dtype];

/** Zeros. */
export const zeros = (dtype: Dtype, length: number): Real => new arrays[dtype](length);

/** The values in that precision. */
export const typed = (dtype: Dtype, values: ArrayLike<number>): Real => arrays[dtype].from(values);

export const dtypeOf = (values: Real): Dtype => (values instanceof Float32Array ? "float32" : "float64");

/** What an operation in that precision makes of its exact result. */
export const rounding: Record<Dtype, (value: number) => number> = {
  float32: Math.fround,
  float64: (value) => value,
};
