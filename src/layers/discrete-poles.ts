// Poles that are discretised again only when they have changed.
import type { Dtype, Real, Resident } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import { Derived } from "./derived.js";

/** Continuous poles and the logarithms of their steps, each [states]. */
export interface Poles {
  re: Real;
  im: Real;
  logStep: Real;
}

/** Discrete poles `a` and their input gains, each [states]. */
export type DiscretePoles = Readonly<Record<"a.re" | "a.im" | "gain.re" | "gain.im", Resident>>;

/** The discrete form of the latest poles. */
export class Discretizer {
  readonly #latest: Derived<DiscretePoles>;

  constructor(flags: number, rescale: number, dtype: Dtype) {
    this.#latest = new Derived((engine, sources) => {
      const [re, im, logStep] = sources as [Real, Real, Real];
      const array = () => engine.resident(dtype, re.length);
      const found = { "a.re": array(), "a.im": array(), "gain.re": array(), "gain.im": array() };
      engine.call("discretize", [flags, rescale], { Lambda_re: re, Lambda_im: im, log_step: logStep }, found);
      return found;
    });
  }

  of(engine: Engine, { re, im, logStep }: Poles): DiscretePoles {
    return this.#latest.of(engine, [re, im, logStep]);
  }
}
