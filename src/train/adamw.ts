// AdamW: steps by running means of gradients and of their squares, decay apart from both.
import { ScanError } from "../error.js";
import type { Named, ParameterGroup } from "./groups.js";
import { eachParameter, Kept } from "./parameters.js";

/** Options of {@link AdamW}. */
export interface AdamWOptions {
  /** 1e-3. */
  learningRate?: number;
  /** Weights of the past in the means of gradients and of their squares; 0.9 and 0.999. */
  beta1?: number;
  beta2?: number;
  /** 1e-8. */
  epsilon?: number;
  /** 0.01. */
  weightDecay?: number;
  groups?: readonly ParameterGroup[];
}

/** Decoupled weight decay. (Loshchilov and Hutter 2019, arXiv:1711.05101.) */
export class AdamW {
  readonly options: Required<AdamWOptions>;
  #count = 0;
  readonly #means = new Kept();
  readonly #squares = new Kept();

  constructor(options: AdamWOptions = {}) {
    this.options = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, groups: [], ...options };
  }

  /** Steps that were taken. */
  get count(): number {
    return this.#count;
  }

  /** Moves the parameters, in place; `learningRate` is that of this step, the options' own where left out. */
  step(parameters: Named, gradients: Readonly<Named>, learningRate: number = this.options.learningRate): void {
    const { beta1, beta2, epsilon } = this.options;
    this.#count++;
    const [scale, root] = [1 - beta1 ** this.#count, 1 - beta2 ** this.#count];
    eachParameter(parameters, gradients, { ...this.options, learningRate }, (name, data, gradient, rate, decay) => {
      const [mean, square] = [this.#means.of(name, data.length), this.#squares.of(name, data.length)];
      for (let i = 0; i < data.length; i++) {
        const g = gradient[i]!;
        mean[i] = beta1 * mean[i]! + (1 - beta1) * g;
        square[i] = beta2 * square[i]! + (1 - beta2) * g * g;
        data[i]! -= rate * decay * data[i]! + (rate * mean[i]!) / scale / (Math.sqrt(square[i]! / root) + epsilon);
      }
    });
  }

  /** The running means, by the parameters' names behind `mean.` and `square.`, and the count. */
  state(): Named {
    return { ...this.#means.state("mean."), ...this.#squares.state("square."), count: { dims: [], data: Float64Array.of(this.#count) } };
  }

  /** Goes on from a state. */
  load(state: Readonly<Named>): void {
    const count = state["count"]?.data[0];
    if (count === undefined) throw new ScanError("file", "AdamW: `count` is missing in the state");
    this.#count = count;
    this.#means.load(state, "mean.");
    this.#squares.load(state, "square.");
  }
}
