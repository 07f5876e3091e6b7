// A system that is discretised again only when it has changed.
import type { Dtype, Input, Real, Resident } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import { discretizeSystem, type Rule } from "../init/system.js";
import { Derived } from "./derived.js";

/** A continuous system and the logarithm of its step: A [n, n], B [n, m], logStep [1]. */
export type Continuous = Readonly<Record<"A" | "B" | "logStep", Input>>;

/** The discrete form of the latest system of `n` states. */
export class SystemDiscretizer {
  readonly #latest: Derived<Record<"A" | "B", Resident>>;

  constructor(rule: Rule, n: number, dtype: Dtype) {
    this.#latest = new Derived((engine, sources) => {
      const [logStep, A, B] = sources as [Real, Real, Real];
      const found = { A: engine.resident(dtype, A.length), B: engine.resident(dtype, B.length) };
      discretizeSystem(engine, rule, n, Math.exp(logStep[0]!), { A, B }, found);
      return found;
    });
  }

  of(engine: Engine, { A, B, logStep }: Continuous): Record<"A" | "B", Resident> {
    return this.#latest.of(engine, [logStep, A, B]);
  }
}
