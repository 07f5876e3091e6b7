// The functions in which HiPPO's coefficients give the past back.
import type { HippoMeasure } from "../init/hippo.js";

/** Values of all functions at one place: fills `out`, [size]. The place is an age, 1 being the window or the time scale. */
type Basis = (age: number, out: Float64Array) => void;

/** Functions by measure; orthonormal each under its own measure. */
export const bases: Readonly<Record<HippoMeasure, Basis>> = { legs: legendre, legt: legendre, lagt: laguerre, fourier };

/** `sqrt(2n + 1) P_n(1 - 2 age)`. */
function legendre(age: number, out: Float64Array): void {
  const x = 1 - 2 * age;
  let [before, now] = [0, 1];
  for (let n = 0; n < out.length; n++) {
    out[n] = Math.sqrt(2 * n + 1) * now;
    [before, now] = [now, ((2 * n + 1) * x * now - n * before) / (n + 1)];
  }
}

/** `exp(-age / 2) L_n(age)`, the decay in every term so that none overflows. */
function laguerre(age: number, out: Float64Array): void {
  let [before, now] = [0, Math.exp(-age / 2)];
  for (let n = 0; n < out.length; n++) {
    out[n] = now;
    [before, now] = [now, ((2 * n + 1 - age) * now - n * before) / (n + 1)];
  }
}

/** 1 and 0, then pairs `sqrt(2) cos(2 pi k age)`, `sqrt(2) sin(2 pi k age)`. */
function fourier(age: number, out: Float64Array): void {
  for (let n = 0; n < out.length; n += 2) {
    const angle = Math.PI * n * age;
    out[n] = n === 0 ? 1 : Math.SQRT2 * Math.cos(angle);
    out[n + 1] = Math.SQRT2 * Math.sin(angle);
  }
}
