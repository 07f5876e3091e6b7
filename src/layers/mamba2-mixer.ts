// What Mamba-2 does to rows of features.
import type { Input, Real, Resident } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import { causalConv1d } from "../ops/causal-conv1d.js";
import { ssd } from "../ops/ssd.js";
import { Derived } from "./derived.js";
import { innerOf, type Mamba2Config } from "./mamba-config.js";
import { ratesOf } from "./mamba-mixer.js";
import { given, type Mixer, type MixerState, type MixerSteps } from "./mixer.js";
import type { Parameters } from "./parameters.js";
import { dense, gatedNorm, pointwise, type Weight } from "./rows.js";
import type { Scratch } from "./scratch.js";
import { type SsdStep, ssdStep } from "./ssd-step.js";

/** The references' chunk, which says nothing: the operator then chooses its own. */
const CHUNK = 256;

/** The operator's chunk. */
export const chunkOf = ({ chunkSize }: Mamba2Config): number | undefined => (chunkSize < CHUNK ? chunkSize : undefined);

const parts = ["x", "B", "C"] as const;

type Part = (typeof parts)[number];

/** What is computed from parameters: A, [heads], and the convolution's taps and biases of each part. */
type Split = Readonly<Record<string, Resident>>;

/** Weights by the names that a file has for them, behind `prefix`. */
export class Mamba2Mixer implements Mixer {
  readonly state: Readonly<Record<"conv" | "ssm", number>>;
  readonly #config: Mamba2Config;
  readonly #inner: number;
  /** Channels of the convolution. */
  readonly #channels: number;
  /** Outputs of the first dense layer before those. */
  readonly #gates: number;
  /** Where each part stands among those channels. */
  readonly #convolved: Readonly<Record<Part, { first: number; channels: number }>>;
  readonly #own: (name: string) => Resident | undefined;
  readonly #weight: (name: string) => Weight;
  readonly #scratch: Scratch;
  readonly #split: Derived<Split>;

  constructor(config: Mamba2Config, weights: Parameters, prefix: string, scratch: Scratch) {
    const { dSsm, dState, dConv, ngroups } = config;
    const shared = ngroups * dState;
    this.#config = config;
    this.#inner = innerOf(config);
    this.#convolved = { x: { first: 0, channels: dSsm }, B: { first: dSsm, channels: shared }, C: { first: dSsm + shared, channels: shared } };
    this.#own = (name) => weights[prefix + name]?.resident;
    this.#weight = (name) => weights[prefix + name]!.weight;
    this.#scratch = scratch;
    this.#channels = dSsm + 2 * shared;
    this.#gates = 2 * this.#inner - dSsm;
    this.state = { conv: this.#channels * (dConv - 1), ssm: dSsm * dState };
    this.#split = new Derived((engine, [log, taps, bias]) => ({ A: ratesOf(engine, log!), ...this.#splitTaps(engine, taps!, bias) }));
  }

  run(steps: MixerSteps, y: Input, leaving: MixerState): void {
    const { batch, length, state, reset, cuSeqlens } = steps;
    const { dtLimit } = this.#config;
    const shared = given({ reset, cuSeqlens, dtSoftplus: true, dtLimit, chunk: chunkOf(this.#config) });
    this.#around(steps, y, leaving.conv, (inputs, made) => {
      ssd(given({ ...inputs, state: state?.ssm }), { ...this.#dims(batch), length }, { ...shared, out: { y: made, state: leaving.ssm } });
    });
  }

  step(engine: Engine, batch: number, u: Input, state: MixerState, y: Input): void {
    const { dtLimit } = this.#config;
    this.#around({ engine, u, batch, length: 1, state }, y, state.conv, (inputs, made) => {
      ssdStep(engine, { dims: this.#dims(batch), inputs, dtLimit }, state.ssm, made);
    });
  }

  #dims(batch: number): SsdStep["dims"] {
    const { dSsm, headdim: headDim, dState: states, ngroups: groups } = this.#config;
    return { batch, heads: dSsm / headDim, headDim, states, groups };
  }

  /** All but the recurrence, which `recur` does: it fills [batch, length, dSsm]. The state of the convolution may be the one that enters. */
  #around(steps: MixerSteps, y: Input, conv: Real, recur: (inputs: SsdStep["inputs"], made: Resident) => void): void {
    const { engine, u, batch, length } = steps;
    const { dSsm, headdim, rmsnorm } = this.#config;
    const [rows, heads] = [batch * length, dSsm / headdim];
    const z = this.#project(engine, rows, u, "z", this.#gates - dSsm, dSsm);
    const dt = this.#project(engine, rows, u, "dt", this.#gates + this.#channels, heads);
    const split = this.#split.of(engine, this.#sources());
    const own = { dt, A: split["A"]!, D: this.#own("D")!, dtBias: this.#own("dt_bias")! };
    const made = this.#array(engine, "ssd", rows * dSsm);
    recur(given({ ...this.#convolve(steps, split, conv), ...own, z: rmsnorm ? undefined : z }), made);
    this.#finish(engine, rows, u, rmsnorm ? this.#normalise(engine, rows, made, z) : made, y);
  }

  #sources(): Real[] {
    const [log, taps, bias] = [this.#own("A_log")!.data, this.#own("conv1d.weight")!.data, this.#own("conv1d.bias")?.data];
    return bias === undefined ? [log, taps] : [log, taps, bias];
  }

  #array(engine: Engine, name: string, length: number): Resident {
    return this.#scratch.array(engine, name, length);
  }

  /** `outputs` of the first dense layer, from `first` on: [rows, outputs]. */
  #project(engine: Engine, rows: number, u: Input, name: string, first: number, outputs: number): Resident {
    const { dModel: inputs, dSsm, headdim } = this.#config;
    const total = this.#gates + this.#channels + dSsm / headdim;
    const array = this.#array(engine, name, rows * outputs);
    dense(engine, { rows, inputs, outputs, total, first }, { x: u, weight: this.#weight("in_proj.weight"), bias: this.#own("in_proj.bias") }, array);
    return array;
  }

  /** x, B and C, each convolved: [batch, length, channels of it]; a part's entering state is read before its leaving one is written. */
  #convolve(steps: MixerSteps, split: Split, leaving: Real): Record<Part, Resident> {
    const { engine, u, batch, length, state, reset, cuSeqlens } = steps;
    const { dConv: width } = this.#config;
    const made: Partial<Record<Part, Resident>> = {};
    for (const part of parts) {
      const { first, channels } = this.#convolved[part];
      const x = this.#project(engine, batch * length, u, part, this.#gates + first, channels);
      const y = (made[part] = this.#array(engine, `${part} convolved`, x.length));
      const [from, size] = [first * (width - 1), channels * (width - 1)];
      const entering = state && this.#gather(`entering ${part}`, state.conv, from, size);
      const own = this.#scratch.ordinary(`leaving ${part}`, (leaving.length / this.state.conv) * size);
      causalConv1d(
        given({ x, weight: split[`${part} taps`]!, bias: split[`${part} bias`], state: entering }),
        { batch, length, channels, width },
        { ...given({ reset, cuSeqlens }), activation: "silu", out: { y, state: own } },
      );
      this.#scatter(own, leaving, from, size);
    }
    return made as Record<Part, Resident>;
  }

  /** `size` elements of each sequence's convolution state, from `from` on. */
  #gather(name: string, conv: Real, from: number, size: number): Real {
    const sequences = conv.length / this.state.conv;
    const own = this.#scratch.ordinary(name, sequences * size);
    for (let n = 0; n < sequences; n++) own.set(conv.subarray(n * this.state.conv + from, n * this.state.conv + from + size), n * size);
    return own;
  }

  #scatter(own: Real, conv: Real, from: number, size: number): void {
    for (let n = 0; n * size < own.length; n++) conv.set(own.subarray(n * size, (n + 1) * size), n * this.state.conv + from);
  }

  /** What the recurrence made, gated and normalised: [rows, dSsm]. */
  #normalise(engine: Engine, rows: number, x: Resident, z: Resident): Resident {
    const { dSsm: width, normGroups: groups, normEps: epsilon, normBeforeGate: normFirst } = this.#config;
    const normal = this.#array(engine, "normal", x.length);
    gatedNorm(engine, { rows, width, groups, epsilon, normFirst }, { x, z, scale: this.#own("norm.weight")! }, normal);
    return normal;
  }

  /** The last dense layer, of [rows, dSsm] behind what the gated dense layer makes of u, where there is one. */
  #finish(engine: Engine, rows: number, u: Input, x: Resident, y: Input): void {
    const weights = { weight: this.#weight("out_proj.weight"), bias: this.#own("out_proj.bias") };
    dense(engine, { rows, inputs: this.#inner, outputs: this.#config.dModel }, { x: this.#beside(engine, rows, u, x), ...weights }, y);
  }

  #beside(engine: Engine, rows: number, u: Input, x: Resident): Resident {
    const { dSsm } = this.#config;
    const own = this.#inner - dSsm;
    if (own === 0) return x;
    const [gate, times] = [this.#project(engine, rows, u, "mlp gate", 0, own), this.#project(engine, rows, u, "mlp", own, own)];
    const gated = this.#array(engine, "mlp gated", rows * own);
    pointwise(engine, "silu", { x: gate, times }, gated);
    const all = this.#array(engine, "all", rows * this.#inner);
    const [to, left, right] = [all.data, gated.data, x.data];
    for (let row = 0; row < rows; row++) {
      to.set(left.subarray(row * own, (row + 1) * own), row * this.#inner);
      to.set(right.subarray(row * dSsm, (row + 1) * dSsm), row * this.#inner + own);
    }
    return all;
  }

  #splitTaps(engine: Engine, taps: Real, bias: Real | undefined): Split {
    const { dConv: width } = this.#config;
    const made: Record<string, Resident> = {};
    for (const part of parts) {
      const { first, channels } = this.#convolved[part];
      made[`${part} taps`] = copyOf(engine, taps.subarray(first * width, (first + channels) * width));
      if (bias !== undefined) made[`${part} bias`] = copyOf(engine, bias.subarray(first, first + channels));
    }
    return made;
  }
}

function copyOf(engine: Engine, values: Real): Resident {
  const array = engine.resident(values instanceof Float32Array ? "float32" : "float64", values.length);
  array.data.set(values);
  return array;
}
