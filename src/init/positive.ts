// Functions that keep parameters positive, as S4 has them: a parameter is stored inverse-transformed.
import { ScanError } from "../error.js";

/** How a positive number is stored. */
export type TransformName = "none" | "exp" | "relu" | "sigmoid" | "softplus";

interface Transform {
  of(stored: number): number;
  inverse(value: number): number;
}

const identity = (x: number): number => x;
/** log(1 + exp x), which neither overflows nor loses small results. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

export const transforms: Readonly<Record<TransformName, Transform>> = {
  none: { of: identity, inverse: identity },
  exp: { of: Math.exp, inverse: Math.log },
  relu: { of: (x) => Math.max(x, 0) + 1e-4, inverse: identity },
  sigmoid: { of: (x) => 1 / (1 + Math.exp(-x)), inverse: (y) => Math.log(y / (1 - y)) },
  softplus: { of: softplus, inverse: (y) => y + Math.log(-Math.expm1(-y)) },
};

/** What is stored for an initial value, which is at least 1e-4 as in the reference. */
export function stored(option: string, name: TransformName, value: number): number {
  const at = transforms[name].inverse(Math.max(value, 1e-4));
  if (!Number.isFinite(at)) throw new ScanError("option", `\`${option}\` "${name}" cannot give the initial value ${value}`);
  return at;
}
