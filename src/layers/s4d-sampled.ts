// S4D at samples of irregular distances: every step is made discrete at its own size.
import { dataOf, type Dtype, type Real, type Resident, zeros } from "../arrays.js";
import { type Engine, flag } from "../backend/backend.js";
import type { Kept } from "./s4-states.js";
import type { Continuous } from "./systems.js";

/** A call of S4D with multipliers of its steps. */
export interface Sampled {
  batch: number;
  length: number;
  u: Real;
  /** [length] or [batch, length] */
  dt: Real;
  /** [heads, features] */
  D: Real;
  entering: Kept | undefined;
  reset?: Uint8Array | undefined;
  lengths?: Int32Array | undefined;
}

/** Fills `mixed` [rows, heads, features] and what leaves: one diagonal system of one input and one output after the other. */
export function sampled(engine: Engine, dtype: Dtype, { dt: steps, A, B, C }: Continuous, isBilinear: boolean, call: Sampled, mixed: Resident, leaving: Record<"re" | "im", Resident>): void {
  const { batch, length, u, dt, D, entering, reset, lengths } = call;
  const rows = batch * length;
  const heads = mixed.length / u.length;
  const features = D.length / heads;
  const states = steps.length / features;
  const [column, y, step] = [zeros(dtype, rows), zeros(dtype, rows), zeros(dtype, states)];
  const [re, im, b, c] = [zeros(dtype, states), zeros(dtype, states), zeros(dtype, 2 * states), zeros(dtype, 2 * states)];
  const state = { enters: [zeros(dtype, batch * states), zeros(dtype, batch * states)], leaves: [zeros(dtype, batch * states), zeros(dtype, batch * states)] } as const;
  const numbers = [batch, length, 1, states, states, 0, 2, 1, isBilinear ? flag.bilinear : 0];
  for (let feature = 0; feature < features; feature++) {
    for (let row = 0; row < rows; row++) column[row] = u[row * features + feature]!;
    for (let n = 0; n < states; n++) {
      // Of A dt and B dt, so that steps of their own size are those of the multipliers.
      const at = feature * states + n;
      [re[n], im[n]] = [A[0][at]! * steps[at]!, A[1][at]! * steps[at]!];
      [b[2 * n], b[2 * n + 1]] = [B[0][at]! * steps[at]!, B[1][at]! * steps[at]!];
    }
    const part = (n: number): number => (n * features + feature) * states;
    for (const [plane, key] of (["re", "im"] as const).entries()) {
      const given = entering && dataOf(entering[key]);
      for (let n = 0; n < batch; n++) {
        if (given !== undefined) state.enters[plane]!.set(given.subarray(part(n), part(n) + states), n * states);
      }
    }
    for (let head = 0; head < heads; head++) {
      for (let n = 0; n < states; n++) {
        const at = (head * features + feature) * states + n;
        [c[2 * n], c[2 * n + 1]] = [C[0][at]!, C[1][at]!];
      }
      const inputs = {
        ...{ u: column, B: b, C: c, D: D.subarray(head * features + feature, head * features + feature + 1), Lambda_re: re, Lambda_im: im },
        ...{ "gain.re": undefined, "gain.im": undefined, log_step: step, dt },
        ...{ "state.re": entering && state.enters[0], "state.im": entering && state.enters[1], reset, lengths },
      };
      engine.call("diagonalSsm", numbers, inputs, { y, "out.state.re": state.leaves[0], "out.state.im": state.leaves[1] });
      const to = mixed.data;
      for (let row = 0; row < rows; row++) to[(row * heads + head) * features + feature] = y[row]!;
    }
    for (const [plane, key] of (["re", "im"] as const).entries()) {
      const to = leaving[key].data;
      for (let n = 0; n < batch; n++) to.set(state.leaves[plane]!.subarray(n * states, (n + 1) * states), part(n));
    }
  }
}
