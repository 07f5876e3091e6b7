// Layers whose state passes from step to step, with what defines each.
import { type Dims, type Layer, type LayerOptions, LinearRnn, MinGru, MinLstm, type Real, RgLru, Rnn, type Tensor } from "ssm-scan";
import * as reference from "../reference/recurrent.js";
import { expectClose } from "./close.js";
import { steps } from "./pieces.js";
import { type Dtype, typed } from "./precision.js";
import { type Random, uniform } from "./random.js";

type Span = Pick<Dims, "batch" | "length">;
type State = Record<string, Real>;
type Any = Layer & { readonly options: object; readonly dOutput?: number };

export interface Case {
  name: string;
  make(options: LayerOptions): Any;
  define(parameters: Record<string, Tensor>): reference.Definition;
}

/** Features of the input of every case. */
export const H = 6;

export const cases: Case[] = [
  { name: "MinGru", make: (options) => new MinGru({ dModel: H, ...options }), define: reference.minGru },
  { name: "MinGru projected", make: (options) => new MinGru({ dim: H, expansionFactor: 1.5, ...options }), define: reference.minGru },
  { name: "MinGru of more states", make: (options) => new MinGru({ dModel: H, expansionFactor: 3, projOut: false, ...options }), define: reference.minGru },
  { name: "MinLstm", make: (options) => new MinLstm({ dModel: H, ...options }), define: reference.minLstm },
  { name: "MinLstm projected", make: (options) => new MinLstm({ dModel: H, expansionFactor: 1.5, ...options }), define: reference.minLstm },
  { name: "RgLru", make: (options) => new RgLru({ dModel: H, numHeads: 2, wInitVarianceScale: 1, ...options }), define: reference.rgLru },
  { name: "RgLru of one head", make: (options) => new RgLru({ width: H, numHeads: 1, ...options }), define: reference.rgLru },
  { name: "Rnn", make: (options) => new Rnn({ dModel: H, ...options }), define: reference.rnn },
  { name: "Rnn of more states", make: (options) => new Rnn({ dModel: H, hiddenSize: 11, ...options }), define: reference.rnn },
  { name: "LinearRnn", make: (options) => new LinearRnn({ dModel: H, ...options }), define: reference.linearRnn },
  { name: "LinearRnn of 9 states on a ring", make: (options) => new LinearRnn({ dModel: H, stateSize: 9, init: "ring", rMin: 0.5, rMax: 0.99, ...options }), define: reference.linearRnn },
];

/** What results may be off. */
export const recurrentBound = (dtype: Dtype): number => (dtype === "float64" ? 1e-12 : 1e-6);

/** A case's layer, what defines it, and random arrays for it. */
export class Subject {
  readonly layer: Any;
  readonly definition: reference.Definition;
  readonly width: number;
  readonly #dtype: Dtype;
  readonly #random: Random;

  constructor({ make, define }: Case, dtype: Dtype, random: Random) {
    this.layer = make({ dtype, seed: 3 });
    for (const { data } of Object.values(this.layer.parameters())) {
      // Initial biases may be zero, which would hide that they are forgotten.
      data.set(data.map((value) => (value === 0 ? random() - 0.5 : value)));
    }
    this.definition = define(this.layer.parameters());
    this.width = this.layer.dOutput ?? H;
    this.#dtype = dtype;
    this.#random = random;
  }

  signal({ batch, length }: Span): Real {
    return uniform(this.#random, this.#dtype, batch * length * H, -2, 2);
  }

  state(batch: number): State {
    const { state } = this.definition;
    return Object.fromEntries(Object.entries(state).map(([key, size]) => [key, uniform(this.#random, this.#dtype, batch * size, 0.1, 1)]));
  }

  /** What `forward` should give. */
  defined(u: Real, dims: Span, forward: reference.Forward = {}): { y: Float64Array; state: Record<string, Float64Array> } {
    return reference.recurrent(this.definition, u, dims, forward);
  }

  /** Runs the layer step by step, moving `state`; what `forward` would give as `y`. */
  stepped(u: Real, dims: Span, state: State): Real {
    const { batch, length } = dims;
    const y = typed(this.#dtype, new Array<number>(batch * length * this.width).fill(Number.NaN));
    for (let t = 0; t < length; t++) {
      const out = typed(this.#dtype, new Array<number>(batch * this.width).fill(Number.NaN));
      this.layer.step(steps([u], dims, H, t, t + 1)[0]!, state, { out });
      for (let n = 0; n < batch; n++) y.set(out.subarray(n * this.width, (n + 1) * this.width), (n * length + t) * this.width);
    }
    return y;
  }
}

export function copied(state: State): State {
  return Object.fromEntries(Object.entries(state).map(([key, plane]) => [key, plane.slice()]));
}

export function expectStates(name: string, got: State, want: State, bound: number): void {
  expectClose(`keys of ${name}`, Float64Array.of(Object.keys(got).length), Float64Array.of(Object.keys(want).length), 0);
  for (const [key, plane] of Object.entries(want)) expectClose(`${name}.${key}`, got[key]!, plane, bound);
}
