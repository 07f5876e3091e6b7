// Stochastic gradient descent, with momentum where asked for.
import type { Named, ParameterGroup } from "./groups.js";
import { eachParameter, Kept } from "./parameters.js";

/** Options of {@link Sgd}. */
export interface SgdOptions {
  /** 0.1. */
  learningRate?: number;
  /** The weight of the past in the steps; 0. */
  momentum?: number;
  /** 0. */
  weightDecay?: number;
  groups?: readonly ParameterGroup[];
}

/** `v = momentum v + g + decay p`, `p = p - rate v`, as torch's. */
export class Sgd {
  readonly options: Required<SgdOptions>;
  readonly #moves = new Kept();

  constructor(options: SgdOptions = {}) {
    this.options = { learningRate: 0.1, momentum: 0, weightDecay: 0, groups: [], ...options };
  }

  /** Moves the parameters, in place; `learningRate` is that of this step, the options' own where left out. */
  step(parameters: Named, gradients: Readonly<Named>, learningRate: number = this.options.learningRate): void {
    const { momentum } = this.options;
    eachParameter(parameters, gradients, { ...this.options, learningRate }, (name, data, gradient, rate, decay) => {
      const moves = this.#moves.of(name, data.length);
      for (let i = 0; i < data.length; i++) {
        moves[i] = momentum * moves[i]! + gradient[i]! + decay * data[i]!;
        data[i]! -= rate * moves[i]!;
      }
    });
  }

  /** The steps' past, by the parameters' names. */
  state(): Named {
    return this.#moves.state();
  }

  /** Goes on from a state. */
  load(state: Readonly<Named>): void {
    this.#moves.load(state);
  }
}
