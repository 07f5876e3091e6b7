// A system that is discretised again only when it has changed.
import type { Dtype, Real, Resident } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import { discretizeSystem, type Rule } from "../init/system.js";
import { isEqual } from "./discrete-poles.js";

/** A continuous system and the logarithm of its step: A [n, n], B [n, m], logStep [1]. */
export type Continuous = Readonly<Record<"A" | "B" | "logStep", Real>>;

/** The discrete form of the latest system. */
export class SystemDiscretizer {
  readonly #rule: Rule;
  readonly #dtype: Dtype;
  #engine: Engine | undefined;
  #seen: Continuous | undefined;
  #found: Record<"A" | "B", Resident> | undefined;

  constructor(rule: Rule, dtype: Dtype) {
    this.#rule = rule;
    this.#dtype = dtype;
  }

  of(engine: Engine, n: number, system: Continuous): Record<"A" | "B", Resident> {
    if (this.#found !== undefined && this.#engine === engine && isSame(system, this.#seen!)) return this.#found;
    // Copied before anything is allocated, which may detach views of the backend's memory.
    const seen = { A: system.A.slice(), B: system.B.slice(), logStep: system.logStep.slice() };
    const found = { A: engine.resident(this.#dtype, seen.A.length), B: engine.resident(this.#dtype, seen.B.length) };
    discretizeSystem(engine, this.#rule, n, Math.exp(seen.logStep[0]!), seen, found);
    this.#engine = engine;
    this.#seen = seen;
    return (this.#found = found);
  }
}

function isSame(x: Continuous, y: Continuous): boolean {
  return isEqual(x.logStep, y.logStep) && isEqual(x.A, y.A) && isEqual(x.B, y.B);
}
