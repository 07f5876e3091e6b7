// What optimisers share: the walk over parameters with their gradients, and arrays that are kept for each of them.
import type { Real, Tensor } from "../arrays.js";
import { ScanError } from "../error.js";
import { isStatistic, type Named, type ParameterGroup } from "./groups.js";

/** The learning rate and the weight decay of a step, and what is otherwise for some parameters. */
interface Rates {
  learningRate: number;
  weightDecay: number;
  groups: readonly ParameterGroup[];
}

/** Calls `move` for every parameter that learns, with its gradient, its rate and its decay. */
export function eachParameter(
  parameters: Named,
  gradients: Readonly<Named>,
  { learningRate, weightDecay, groups }: Rates,
  move: (name: string, data: Real, gradient: Real, rate: number, decay: number) => void,
): void {
  for (const [name, parameter] of Object.entries(parameters)) {
    if (isStatistic(name)) continue;
    const group = groups.find(({ match }) => match(name, parameter));
    move(name, parameter.data, gradientOf(gradients, name, parameter), learningRate * (group?.rate ?? 1), group?.weightDecay ?? weightDecay);
  }
}

function gradientOf(gradients: Readonly<Named>, name: string, { data }: Tensor): Real {
  const gradient = gradients[name]?.data;
  if (gradient?.length === data.length) return gradient;
  throw new ScanError("shape", `the gradient of \`${name}\` has ${gradient?.length ?? 0} elements, expected ${data.length}`);
}

/** An array for each parameter, zeros at first. */
export class Kept {
  readonly #arrays = new Map<string, Float64Array>();

  of(name: string, length: number): Float64Array {
    const found = this.#arrays.get(name) ?? new Float64Array(length);
    this.#arrays.set(name, found);
    return found;
  }

  /** By the parameters' names behind `prefix`. */
  state(prefix = ""): Named {
    return Object.fromEntries([...this.#arrays].map(([name, data]) => [prefix + name, { dims: [data.length], data }]));
  }

  /** Takes those behind `prefix` out of a state. */
  load(state: Readonly<Named>, prefix = ""): void {
    this.#arrays.clear();
    for (const [name, { data }] of Object.entries(state)) if (name.startsWith(prefix)) this.#arrays.set(name.slice(prefix.length), Float64Array.from(data));
  }
}
