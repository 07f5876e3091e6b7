// S4 and S4D to judge: a layer, and what the definition makes of it.
import { type Layer, type Real, S4, S4D, type Tensor } from "ssm-scan";
import { s4, type S4Call, type S4Definition } from "../reference/s4.js";

type S4Layer = Layer<{ re: Real; im: Real }> & Pick<S4, "kernel" | "forward">;
interface S4State { re: Real; im: Real }

/** What one layer is made of. */
export interface S4Case {
  name: "S4" | "S4D";
  options: Record<string, unknown> & { dModel: number; dState: number };
}

export function make({ name, options }: S4Case, more: object = {}): S4Layer {
  const all = { ...options, ...more };
  return (name === "S4" ? new S4(all as never) : new S4D(all as never)) as S4Layer;
}

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

export function defined(which: S4Case, parameters: Record<string, Tensor>, u: Real, dims: { batch: number; length: number }, { state, ...call }: S4Call = {}): { y: Real; state: S4State } {
  const entering = state && full(which, state);
  const got = s4(parameters, which.options as S4Definition, u, dims, { ...call, state: entering });
  return { y: got.y, state: kept(which, got.state) };
}
