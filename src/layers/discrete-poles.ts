// Poles that are discretised again only when they have changed.
import type { Dtype, Real, Resident } from "../arrays.js";
import type { Engine } from "../backend/backend.js";

/** Continuous poles and the logarithms of their steps, each [states]. */
export interface Poles {
  re: Real;
  im: Real;
  logStep: Real;
}

/** Discrete poles and their input gains. */
export interface DiscretePoles {
  a: { re: Resident; im: Resident };
  gain: { re: Resident; im: Resident };
}

/** The discrete form of the latest poles. */
export class Discretizer {
  readonly #flags: number;
  readonly #rescale: number;
  readonly #dtype: Dtype;
  #engine: Engine | undefined;
  #seen: Poles | undefined;
  #found: DiscretePoles | undefined;

  constructor(flags: number, rescale: number, dtype: Dtype) {
    this.#flags = flags;
    this.#rescale = rescale;
    this.#dtype = dtype;
  }

  of(engine: Engine, poles: Poles): DiscretePoles {
    if (this.#found !== undefined && this.#engine === engine && isSame(poles, this.#seen!)) return this.#found;
    // Copied before anything is allocated, which may detach views of the backend's memory.
    const seen = { re: poles.re.slice(), im: poles.im.slice(), logStep: poles.logStep.slice() };
    const array = () => engine.resident(this.#dtype, seen.re.length);
    const found = { a: { re: array(), im: array() }, gain: { re: array(), im: array() } };
    const inputs = { Lambda_re: seen.re, Lambda_im: seen.im, log_step: seen.logStep };
    const outputs = { "a.re": found.a.re, "a.im": found.a.im, "gain.re": found.gain.re, "gain.im": found.gain.im };
    engine.call("discretize", [this.#flags, this.#rescale], inputs, outputs);
    this.#engine = engine;
    this.#seen = seen;
    return (this.#found = found);
  }
}

function isSame(x: Poles, y: Poles): boolean {
  return isEqual(x.re, y.re) && isEqual(x.im, y.im) && isEqual(x.logStep, y.logStep);
}

/** Whether all elements are the same; false where one is NaN. */
export function isEqual(x: Real, y: Real): boolean {
  for (let i = 0; i < x.length; i++) {
    if (x[i] !== y[i]) return false;
  }
  return true;
}
