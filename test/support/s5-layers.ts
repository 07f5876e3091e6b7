// S5 layers to judge: their options, random inputs, and what the definition makes of both.
import type { Dims, ForwardOptions, Real, S5Ssm } from "ssm-scan";
import { s5 } from "../reference/s5.js";
import { expectClose } from "./close.js";
import { referenceErrors } from "./fixtures.js";
import { type Dtype } from "./precision.js";

export type S5Options = ConstructorParameters<typeof S5Ssm>[0];
type S5State = ReturnType<S5Ssm["initialState"]>;
type Forward = ForwardOptions<S5State>;
type Span = Pick<Dims, "batch" | "length">;

/** Small layers that run one way in time. */
export const causal: S5Options[] = [
  {},
  { discretization: "bilinear" as const },
  { conjSym: false },
  { clipEigs: true, stepRescale: 2 },
  { CInit: "lecun_normal" as const, dtMin: 0.1, dtMax: 0.5 },
  { CInit: "complex_normal" as const, conjSym: false, discretization: "bilinear" as const },
].map((options) => ({ dModel: 5, ssmSize: 12, blocks: 3, seed: 1, ...options }));

/** The same, both ways. */
export const bidirectional: S5Options[] = causal.map((options) => ({ ...options, bidirectional: true }));

const telling = ["discretization", "CInit", "conjSym", "clipEigs", "stepRescale", "dtMin", "dtMax", "bidirectional"];
export const title = (options: S5Options): string => JSON.stringify(options, telling);

const own = Object.entries(referenceErrors).filter(([name]) => /^s5_(zoh|bilinear|clip)/.test(name));
const worst = Math.max(...own.map(([, error]) => error));

/** Four times the worst that the f32 reference itself is off, or f64's rounding. */
export const s5Bound = (dtype: Dtype): number => (dtype === "float64" ? 1e-12 : 4 * worst);

/** What `forward` should give. */
export function defined(layer: S5Ssm, options: S5Options, u: Real, dims: Span, forward: Forward = {}): { y: Real; state: S5State } {
  const { state, dt, reset, lengths } = forward;
  return s5(layer.parameters(), options, u, dims, { state, dt, reset, lengths });
}

export function expectState(name: string, got: S5State, want: S5State, bound: number): void {
  expectClose(name, [got.re, got.im], [want.re, want.im], bound);
}
