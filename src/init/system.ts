// From a continuous system to a discrete one.
import type { Input } from "../arrays.js";
import type { Engine } from "../backend/backend.js";

/** Numbers of rules, as in `crates/core/src/system.rs`. */
export const rules = { zoh: 0, bilinear: 1, euler: 2 } as const;

/**
 * How a system becomes discrete: "zoh" holds the input for a step (by the matrix exponential), "bilinear" is Tustin's
 * rule, "euler" the forward difference, which is stable where the step is below `2 / |lambda|` for real eigenvalues.
 */
export type Rule = keyof typeof rules;

/** A system: A [n, n], B [n, m]. */
export interface System {
  A: Input;
  B: Input;
}

/** Discretises `system` of `n` states at the step `dt` into `out`. */
export function discretizeSystem(engine: Engine, rule: Rule, n: number, dt: number, { A, B }: System, out: System): void {
  engine.call("discretizeSystem", [rules[rule], n, dt], { A, B }, { "out.A": out.A, "out.B": out.B });
}
