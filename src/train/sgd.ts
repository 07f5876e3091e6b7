// Stochastic gradient descent, with momentum where asked for.
import { gradientOf } from "./adamw.js";
import { isStatistic, type Named, type ParameterGroup } from "./groups.js";

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
  readonly #moves = new Map<string, Float64Array>();

  constructor(options: SgdOptions = {}) {
    this.options = { learningRate: 0.1, momentum: 0, weightDecay: 0, groups: [], ...options };
  }

  /** Moves the parameters, in place; `learningRate` is that of this step, the options' own where left out. */
  step(parameters: Named, gradients: Readonly<Named>, learningRate: number = this.options.learningRate): void {
    const { momentum, groups, weightDecay } = this.options;
    for (const [name, parameter] of Object.entries(parameters)) {
      if (isStatistic(name)) continue;
      const { data } = parameter;
      const gradient = gradientOf(gradients, name, parameter);
      const group = groups.find(({ match }) => match(name, parameter));
      const [rate, decay] = [learningRate * (group?.rate ?? 1), group?.weightDecay ?? weightDecay];
      const moves = this.#moves.get(name) ?? new Float64Array(data.length);
      this.#moves.set(name, moves);
      for (let i = 0; i < data.length; i++) {
        moves[i] = momentum * moves[i]! + gradient[i]! + decay * data[i]!;
        data[i]! -= rate * moves[i]!;
      }
    }
  }

  /** The steps' past, by the parameters' names. */
  state(): Named {
    return Object.fromEntries([...this.#moves].map(([name, data]) => [name, { dims: [data.length], data }]));
  }

  /** Goes on from a state. */
  load(state: Readonly<Named>): void {
    this.#moves.clear();
    for (const [name, { data }] of Object.entries(state)) this.#moves.set(name, Float64Array.from(data));
  }
}
