// S4 and S4D to judge: small layers, their states, what the definition makes of both.
import { type Layer, type Real, S4, S4D, type Tensor } from "ssm-scan";
import { s4, type S4Call, type S4Definition } from "../reference/s4.js";
import { type Dtype, zeros } from "./precision.js";

export type S4Layer = Layer<{ re: Real; im: Real }> & Pick<S4, "kernel" | "forward">;
export interface S4State { re: Real; im: Real }

/** What one layer is made of. */
export interface S4Case {
  name: "S4" | "S4D";
  options: Record<string, unknown> & { dModel: number; dState: number };
}

export function make({ name, options }: S4Case, more: object = {}): S4Layer {
  const all = { ...options, ...more };
  return (name === "S4" ? new S4(all as never) : new S4D(all as never)) as S4Layer;
}

const small = { dModel: 4, dState: 6, seed: 3, dtMin: 0.05, dtMax: 0.5 };

export const causal: S4Case[] = [
  { name: "S4D", options: { ...small } },
  { name: "S4D", options: { ...small, init: "lin", disc: "bilinear", dtTransform: "softplus" } },
  { name: "S4D", options: { ...small, init: "diag-inv", nSsm: 2, channels: 2, dtTie: false } },
  { name: "S4D", options: { ...small, init: "real", rate: 2 } },
  { name: "S4", options: { ...small } },
  { name: "S4", options: { ...small, init: "legt", rank: 2, nSsm: 1, channels: 2 } },
  { name: "S4", options: { ...small, init: "fourier", rank: 3, dtTie: false, rate: 0.5 } },
];

export const bidirectional: S4Case[] = [causal[1]!, causal[2]!, causal[4]!, causal[5]!].map(({ name, options }) => ({ name, options: { ...options, bidirectional: true } }));

export const title = ({ name, options }: S4Case): string => `${name} ${JSON.stringify(options)}`;

/** Elements of a plane of one sequence's state. */
export const stateSize = ({ name, options }: S4Case): number => (options.dModel * options.dState) / (name === "S4" ? 1 : 2);

/** States with their conjugates, as the definition has them. */
function full({ name, options }: S4Case, { re, im }: S4State): S4State {
  if (name === "S4") return { re, im };
  const half = options.dState / 2;
  const widen = (plane: Real, sign: number): Real =>
    Float64Array.from({ length: 2 * plane.length }, (_, i) => {
      const [system, n] = [Math.floor(i / (2 * half)), i % (2 * half)];
      return n < half ? plane[system * half + n]! : sign * plane[system * half + n - half]!;
    });
  return { re: widen(re, 1), im: widen(im, -1) };
}

/** The other way. */
function kept({ name, options }: S4Case, state: S4State): S4State {
  if (name === "S4") return state;
  const half = options.dState / 2;
  const narrow = (plane: Real): Real => plane.filter((_, i) => i % (2 * half) < half);
  return { re: narrow(state.re), im: narrow(state.im) };
}

/** A state that is none of zeros; S4's has its conjugates. */
export function someState(which: S4Case, dtype: Dtype, batch: number): S4State {
  const size = stateSize(which) * batch;
  const half = which.options.dState / 2;
  const [re, im] = [zeros(dtype, size), zeros(dtype, size)];
  for (let i = 0; i < size; i++) {
    const isKept = which.name === "S4D" || i % (2 * half) < half;
    re[i] = isKept ? Math.sin(1 + 3 * i) : re[i - half]!;
    im[i] = isKept ? Math.cos(2 + 5 * i) : -im[i - half]!;
  }
  return { re, im };
}

export function defined(which: S4Case, parameters: Record<string, Tensor>, u: Real, dims: { batch: number; length: number }, { state, ...call }: S4Call = {}): { y: Real; state: S4State } {
  const entering = state && full(which, state);
  const got = s4(parameters, which.options as S4Definition, u, dims, { ...call, state: entering });
  return { y: got.y, state: kept(which, got.state) };
}
