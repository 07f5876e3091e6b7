// How near numbers are to the truth: max |difference| / max |truth|.
import type { Real } from "ssm-scan";
import { expect } from "vitest";
import { type Dtype } from "./precision.js";

/** One array, or the planes of one. */
export type Planes = Real | readonly Real[];

const planes = (values: Planes): readonly Real[] => (ArrayBuffer.isView(values) ? [values] : values);

/** Infinite where a number is not finite and the truth is another one, or where nothing but zero is true. */
export function distance(got: Planes, truth: Planes): number {
  let difference = 0;
  let scale = 0;
  planes(truth).forEach((plane, p) => {
    const other = planes(got)[p]!;
    for (let i = 0; i < plane.length; i++) {
      const value = other[i]!;
      const want = plane[i]!;
      if (Number.isFinite(want)) scale = Math.max(scale, Math.abs(want));
      if (Object.is(value, want)) continue;
      const apart = Math.abs(value - want);
      difference = Number.isNaN(apart) ? Infinity : Math.max(difference, apart);
      if (difference === Infinity) return;
    }
  });
  if (difference === 0) return 0;
  return scale === 0 ? Infinity : difference / scale;
}

/** Fails with the array's name where `got` is further than `bound` from the truth. */
export function expectClose(name: string, got: Planes, truth: Planes, bound: number): void {
  const lengths = (of: Planes): number[] => planes(of).map((plane) => plane.length);
  expect(lengths(got), `lengths of ${name}`).toEqual(lengths(truth));
  const apart = distance(got, truth);
  expect(apart, `${name} is ${apart.toExponential(2)} off, at most ${bound.toExponential(2)} allowed`).toBeLessThanOrEqual(bound);
}

/** Fails with the array's name and the first element that differs. */
export function expectSameBits(name: string, got: Planes, want: Planes): void {
  expect(planes(got).length, `planes of ${name}`).toBe(planes(want).length);
  planes(want).forEach((plane, p) => {
    const other = planes(got)[p]!;
    expect(other.length, `length of ${name}`).toBe(plane.length);
    const at = plane.findIndex((value, i) => !Object.is(value, other[i]!));
    expect(at, `${name}[${at}]: ${other[at]} is not ${plane[at]}`).toBe(-1);
  });
}

/** What a scan may be off: in f32 four times what the plain serial loop is on the same data, or 1e-6. */
export function scanBound(dtype: Dtype, serial: Planes, truth: Planes): number {
  return dtype === "float64" ? 1e-12 : Math.max(4 * distance(serial, truth), 1e-6);
}
