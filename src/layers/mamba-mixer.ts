// What Mamba does to rows of features.
import type { Input, Real, Resident } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import { causalConv1d } from "../ops/causal-conv1d.js";
import { selectiveScan } from "../ops/selective-scan.js";
import { selectiveStep } from "../ops/selective-step.js";
import { Derived } from "./derived.js";
import { innerOf, type MambaConfig } from "./mamba-config.js";
import { given, type Mixer, type MixerState, type MixerSteps } from "./mixer.js";
import type { Parameters } from "./parameters.js";
import { dense, norm, type Weight } from "./rows.js";
import type { Scratch } from "./scratch.js";

/** Weights by the names that a file has for them, behind `prefix`. */
export class MambaMixer implements Mixer {
  readonly state: Readonly<Record<"conv" | "ssm", number>>;
  readonly #config: MambaConfig;
  readonly #inner: number;
  readonly #own: (name: string) => Resident | undefined;
  readonly #weight: (name: string) => Weight;
  readonly #scratch: Scratch;
  readonly #rates: Derived<{ A: Resident }>;

  constructor(config: MambaConfig, weights: Parameters, prefix: string, scratch: Scratch) {
    this.#config = config;
    this.#inner = innerOf(config);
    this.#own = (name) => weights[prefix + name]?.resident;
    this.#weight = (name) => weights[prefix + name]!.weight;
    this.#scratch = scratch;
    this.state = { conv: this.#inner * (config.dConv - 1), ssm: this.#inner * config.dState };
    this.#rates = new Derived((engine, [log]) => ({ A: ratesOf(engine, log!) }));
  }

  run({ engine, u, batch, length, state, reset, cuSeqlens }: MixerSteps, y: Input, leaving: MixerState): void {
    const { dState: states, dConv: width } = this.#config;
    const channels = this.#inner;
    const rows = batch * length;
    const [x, z] = this.#project(engine, rows, u);
    const weights = { weight: this.#own("conv1d.weight")!, bias: this.#own("conv1d.bias") };
    const packed = given({ reset, cuSeqlens });
    const conv = this.#array(engine, "conv", rows * channels);
    causalConv1d(given({ x, ...weights, state: state?.conv }), { batch, length, channels, width }, { ...packed, activation: "silu", out: { y: conv, state: leaving.conv } });
    const inputs = given({ ...this.#select(engine, rows, conv), u: conv, z, state: state?.ssm });
    const out = { y: this.#array(engine, "scan", rows * channels), state: leaving.ssm };
    selectiveScan(inputs, { batch, length, channels, states, groups: 1 }, { ...packed, dtSoftplus: true, out });
    this.#finish(engine, rows, out.y, y);
  }

  step(engine: Engine, batch: number, u: Input, state: MixerState, y: Input): void {
    const { dState: states, dConv: width } = this.#config;
    const channels = this.#inner;
    const [x, z] = this.#project(engine, batch, u);
    const weights = { weight: this.#own("conv1d.weight")!, bias: this.#own("conv1d.bias") };
    const leaving = this.#scratch.ordinary("leaving", state.conv.length);
    const conv = this.#array(engine, "conv", batch * channels);
    causalConv1d(given({ x, ...weights, state: state.conv }), { batch, length: 1, channels, width }, { activation: "silu", out: { y: conv, state: leaving } });
    state.conv.set(leaving);
    const out = { y: this.#array(engine, "scan", batch * channels) };
    selectiveStep(state.ssm, { ...this.#select(engine, batch, conv), u: conv, z }, { batch, channels, states, groups: 1 }, { dtSoftplus: true, out });
    this.#finish(engine, batch, out.y, y);
  }

  #array(engine: Engine, name: string, length: number): Resident {
    return this.#scratch.array(engine, name, length);
  }

  /** The channels and their gates, [rows, channels] each. */
  #project(engine: Engine, rows: number, u: Input): [Resident, Resident] {
    const weights = { weight: this.#weight("in_proj.weight"), bias: this.#own("in_proj.bias") };
    const part = (name: string, first: number): Resident => {
      const array = this.#array(engine, name, rows * this.#inner);
      dense(engine, { rows, inputs: this.#config.dModel, outputs: this.#inner, total: 2 * this.#inner, first }, { x: u, ...weights }, array);
      return array;
    };
    return [part("x", 0), part("z", this.#inner)];
  }

  /** What the recurrence is given beside its input x, [rows, channels]: all but dt, B and C the same for every row. */
  #select(engine: Engine, rows: number, x: Resident): Record<"dt" | "A" | "B" | "C" | "D" | "dtBias", Resident> {
    const { dtRank, dState } = this.#config;
    const total = dtRank + 2 * dState;
    const part = (name: string, first: number, outputs: number): Resident => {
      const array = this.#array(engine, name, rows * outputs);
      dense(engine, { rows, inputs: this.#inner, outputs, total, first }, { x, weight: this.#weight("x_proj.weight") }, array);
      return this.#normal(engine, name, array, outputs);
    };
    const low = part("dt low", 0, dtRank);
    const [B, C] = [part("B", dtRank, dState), part("C", dtRank + dState, dState)];
    const dt = this.#array(engine, "dt", rows * this.#inner);
    dense(engine, { rows, inputs: dtRank, outputs: this.#inner }, { x: low, weight: this.#weight("dt_proj.weight") }, dt);
    const { A } = this.#rates.of(engine, [this.#own("A_log")!.data]);
    return { dt, A, B, C, D: this.#own("D")!, dtBias: this.#own("dt_proj.bias")! };
  }

  /** Rows of `width` over their root mean squares, where the layer has that. */
  #normal(engine: Engine, name: string, x: Resident, width: number): Resident {
    const { mixerRms, mixerRmsEps: epsilon } = this.#config;
    if (!mixerRms) return x;
    const normal = this.#array(engine, `${name} normal`, x.length);
    norm(engine, { kind: "rms", rows: x.length / width, width, epsilon }, { x }, normal);
    return normal;
  }

  #finish(engine: Engine, rows: number, x: Resident, y: Input): void {
    const weights = { weight: this.#weight("out_proj.weight"), bias: this.#own("out_proj.bias") };
    dense(engine, { rows, inputs: this.#inner, outputs: this.#config.dModel }, { x, ...weights }, y);
  }
}

/** `A = -exp(A_log)`. */
export function ratesOf(engine: Engine, log: Real): Resident {
  const array = engine.resident(log instanceof Float32Array ? "float32" : "float64", log.length);
  array.data.set(log.map((value) => -Math.exp(value)));
  return array;
}
