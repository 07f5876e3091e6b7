// AdamW: steps by running means of gradients and of their squares, decay apart from both.
import type { Real, Tensor } from "../arrays.js";
import { ScanError } from "../error.js";
import { isStatistic, type Named, type ParameterGroup } from "./groups.js";

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
  readonly #means = new Map<string, Float64Array>();
  readonly #squares = new Map<string, Float64Array>();

  constructor(options: AdamWOptions = {}) {
    this.options = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, groups: [], ...options };
  }

  /** Steps that were taken. */
  get count(): number {
    return this.#count;
  }

  /** Moves the parameters, in place; `learningRate` is that of this step, the options' own where left out. */
  step(parameters: Named, gradients: Readonly<Named>, learningRate: number = this.options.learningRate): void {
    const { beta1, beta2, groups, weightDecay } = this.options;
    this.#count++;
    const [scale, root] = [1 - beta1 ** this.#count, 1 - beta2 ** this.#count];
    for (const [name, parameter] of Object.entries(parameters)) {
      if (isStatistic(name)) continue;
      const gradient = gradientOf(gradients, name, parameter);
      const group = groups.find(({ match }) => match(name, parameter));
      const rate = learningRate * (group?.rate ?? 1);
      this.#move(name, parameter.data, gradient, { rate, decay: rate * (group?.weightDecay ?? weightDecay), scale, root });
    }
  }

  /** The running means, by the parameters' names behind `mean.` and `square.`, and the count. */
  state(): Named {
    const planes = (prefix: string, of: ReadonlyMap<string, Float64Array>) => [...of].map(([name, data]) => [prefix + name, { dims: [data.length], data }]);
    return { ...Object.fromEntries([...planes("mean.", this.#means), ...planes("square.", this.#squares)]), count: { dims: [], data: Float64Array.of(this.#count) } };
  }

  /** Goes on from a state. */
  load(state: Readonly<Named>): void {
    const count = state["count"]?.data[0];
    if (count === undefined) throw new ScanError("file", "AdamW: `count` is missing in the state");
    this.#count = count;
    for (const [prefix, of] of [["mean.", this.#means], ["square.", this.#squares]] as const) {
      of.clear();
      for (const [name, { data }] of Object.entries(state)) if (name.startsWith(prefix)) of.set(name.slice(prefix.length), Float64Array.from(data));
    }
  }

  #move(name: string, data: Real, gradient: Real, { rate, decay, scale, root }: { rate: number; decay: number; scale: number; root: number }): void {
    const { beta1, beta2, epsilon } = this.options;
    const mean = entry(this.#means, name, data.length);
    const square = entry(this.#squares, name, data.length);
    for (let i = 0; i < data.length; i++) {
      const g = gradient[i]!;
      mean[i] = beta1 * mean[i]! + (1 - beta1) * g;
      square[i] = beta2 * square[i]! + (1 - beta2) * g * g;
      data[i]! -= decay * data[i]! + (rate * mean[i]!) / scale / (Math.sqrt(square[i]! / root) + epsilon);
    }
  }
}

function entry(of: Map<string, Float64Array>, name: string, length: number): Float64Array {
  const found = of.get(name);
  if (found !== undefined) return found;
  const made = new Float64Array(length);
  of.set(name, made);
  return made;
}

/** The gradient of a parameter, which has to be there and of its size. */
export function gradientOf(gradients: Readonly<Named>, name: string, { data }: Tensor): Real {
  const gradient = gradients[name]?.data;
  if (gradient?.length === data.length) return gradient;
  throw new ScanError("shape", `the gradient of \`${name}\` has ${gradient?.length ?? 0} elements, expected ${data.length}`);
}
