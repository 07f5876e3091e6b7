// A layer to judge, and a call of it: inputs, a state that it can be in, what it can do.
import { type Layer, type Real, ScanError } from "ssm-scan";
import { type Define, type State } from "./layer-definitions.js";
import { arrayOf, type Dtype, dtypeOf } from "./precision.js";
import { generator, type Random, uniform } from "./random.js";

export const modes = ["auto", "scan", "recurrent", "convolution"] as const;
/** What not every layer can do. */
export type Ability = "state" | "step" | "dt" | "reset" | "lengths" | Exclude<(typeof modes)[number], "auto">;

export interface Subject {
  title: string;
  make(dtype: Dtype, seed?: number): Layer;
  /** What the layer cannot do; whatever it refuses if left out. */
  cannot?: readonly Ability[];
  /** What `forward` should give, where the class alone does not say it. */
  define?: Define;
  /** How far from the definition the layer may be. */
  bound?: Record<Dtype, number>;
}

/** What results of one layer may be apart. */
export const bounds: Record<Dtype, number> = { float32: 5e-6, float64: 1e-11 };

/** A call of `forward`. */
export interface Call {
  layer: Layer;
  random: Random;
  /** Features in and out. */
  inputs: number;
  outputs: number;
  u: Real;
  /** A state that sequences are in after some steps; nothing where the layer takes none. */
  state: State | undefined;
  can: (ability: Ability) => boolean;
}

export const dims = { batch: 3, length: 23 };

/** A layer whose biases and scales are not what they begin with, which would hide that they are forgotten; numbers for it. */
export function callOf(subject: Subject, dtype: Dtype, { batch, length } = dims): Call {
  const random = generator(11);
  const layer = subject.make(dtype);
  for (const [name, { data }] of Object.entries(layer.parameters())) {
    if (/bias|scale|mean|var/.test(name)) data.set(data.map((value) => value + 0.3 * random()));
  }
  const { dModel, dInput: inputs = dModel, dOutput: outputs = dModel } = layer;
  const signal = (steps: number): Real => uniform(random, dtype, batch * steps * inputs);
  const lost = refusals(layer);
  const state = lost.includes("state") ? undefined : layer.forward(signal(5), { batch, length: 5 }).state;
  return { layer, random, inputs, outputs, u: signal(length), state, can: (ability) => !lost.includes(ability) };
}

/** What a layer says that it cannot do. */
export function refusals(layer: Layer): Ability[] {
  const { dModel, dInput: inputs = dModel } = layer;
  const dtype = dtypeOf(Object.values(layer.parameters())[0]!.data);
  const array = (length: number): Real => new (arrayOf(dtype))(length).fill(1);
  const [u, one] = [array(inputs), { batch: 1, length: 1 }];
  const attempts: Record<Ability, () => unknown> = {
    state: () => layer.initialState(1),
    step: () => layer.step(u, layer.initialState(1)),
    dt: () => layer.forward(u, one, { dt: array(1) }),
    reset: () => layer.forward(u, one, { reset: new Uint8Array(1) }),
    lengths: () => layer.forward(u, one, { lengths: Int32Array.of(1) }),
    scan: () => layer.forward(u, one, { mode: "scan" }),
    recurrent: () => layer.forward(u, one, { mode: "recurrent" }),
    convolution: () => layer.forward(u, one, { mode: "convolution" }),
  };
  return (Object.keys(attempts) as Ability[]).filter((ability) => isRefused(attempts[ability]));
}

function isRefused(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch (cause) {
    if (cause instanceof ScanError && cause.code === "unsupported") return true;
    throw cause;
  }
}

/** A state's planes in the order of their names. */
export const planesOf = (state: State): Real[] => Object.keys(state).sort().map((name) => state[name]!);
export const copyOf = (state: State): State => Object.fromEntries(Object.entries(state).map(([key, plane]) => [key, plane.slice()]));
/** The states of sequence `n` of `batch`. */
export const stateOf = (state: State, n: number, batch: number): State =>
  Object.fromEntries(Object.entries(state).map(([key, plane]) => [key, plane.slice((n * plane.length) / batch, ((n + 1) * plane.length) / batch)]));
