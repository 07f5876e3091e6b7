// A system that is discretised again only when it has changed.
import { dataOf, type Dtype, type Input, type Real, type Resident, zeros } from "../arrays.js";
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

/** A discrete system where the kernels run or outside of it: A [n, n], B [n, m]. */
export type DiscreteSystem = Readonly<Record<"A" | "B", Input>>;

/** So many systems are kept: gaps of samples are few sizes, or as many as there are samples. */
const MANY = 64;

/** The discrete forms of one system at steps of many sizes. */
export class SampledSystems {
  readonly #rule: Rule;
  readonly #n: number;
  readonly #dtype: Dtype;
  readonly #step: number;
  readonly #system: Record<"A" | "B", Real>;
  readonly #found = new Map<number, DiscreteSystem>();

  constructor({ discretization, stateSize, dtype }: { discretization: Rule; stateSize: number; dtype: Dtype }, { A, B, logStep }: Continuous) {
    [this.#rule, this.#n, this.#dtype] = [discretization, stateSize, dtype];
    this.#step = Math.exp(dataOf(logStep)[0]!);
    // Copies: what follows may make the backend's memory grow.
    this.#system = { A: dataOf(A).slice(), B: dataOf(B).slice() };
  }

  /** At `multiplier` times the system's own step. */
  at(engine: Engine, multiplier: number): DiscreteSystem {
    const kept = this.#found.get(multiplier);
    if (kept !== undefined) return kept;
    const { A, B } = this.#system;
    const made = { A: zeros(this.#dtype, A.length), B: zeros(this.#dtype, B.length) };
    discretizeSystem(engine, this.#rule, this.#n, this.#step * multiplier, { A, B }, made);
    if (this.#found.size === MANY) this.#found.clear();
    this.#found.set(multiplier, made);
    return made;
  }
}

/** Where the first `count` of the numbers from `first` on stay the same: [from, to) of each stretch. */
export function stretches(numbers: ArrayLike<number>, first: number, count: number): [number, number][] {
  const found: [number, number][] = [];
  for (let from = 0, to = 1; from < count; from = to++) {
    while (to < count && numbers[first + to] === numbers[first + from]) to++;
    found.push([from, to]);
  }
  return found;
}
