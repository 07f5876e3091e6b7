// A block of a deep sequence model: a normalisation, a sequence layer, an activation, the way round them.
import { type Dtype, type Input, type Real, type Tensor, zeros } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import { engine } from "../backend/current.js";
import { denseParameters, normParameters } from "../init/dense.js";
import type { Random } from "../random.js";
import { type Activation, activations } from "./activation.js";
import { clearPadding, frameAround } from "./composed.js";
import { type Forward, forwardArguments, type Frame, initialState, stepArguments } from "./frame.js";
import type { ForwardOptions, Layer, LoadOptions } from "./layer.js";
import { loadParameters, parametersOf, type Part } from "./parts.js";
import { type Parameters, parametersFrom } from "./parameters.js";
import { norm, type NormKind } from "./rows.js";
import { Scratch } from "./scratch.js";

type State = Record<string, Real>;

/** What a {@link Block} is made of. */
export interface BlockParts {
  /** The name of the class, which errors begin with. */
  name: string;
  /** Features in and out of it are as many. */
  inner: Layer;
  dtype: Dtype;
  norm: NormKind;
  /** What the normalisation's parameters are called. */
  normName: string;
  /** Whether rows are normalised before the layer, and not after the sum. */
  prenorm: boolean;
  activation: Activation;
  /** Of the initial weights. */
  random: Random;
  /** Blocks that run one after the other may have one between them. */
  scratch?: Scratch;
}

/** Those of flax. */
const epsilons: Readonly<Record<NormKind, number>> = { layer: 1e-6, rms: 1e-6, batch: 1e-5 };

/** `u + f(inner(norm(u)))`, or `norm(u + f(inner(u)))`. What the inner layer cannot do the block cannot; its state is the block's. */
export class Block implements Layer {
  readonly dModel: number;
  readonly #made: BlockParts;
  readonly #frame: Frame;
  readonly #parameters: Parameters;
  readonly #parts: readonly Part[];
  readonly #scratch: Scratch;

  constructor(made: BlockParts) {
    const { name, inner, dtype, activation, random } = made;
    const { dModel } = inner;
    this.dModel = dModel;
    this.#made = made;
    this.#frame = frameAround({ name, dModel, dtype }, { "": inner });
    this.#scratch = made.scratch ?? new Scratch(dtype);
    const gates = activations[activation].dense.map((gate) => denseParameters(gate, dModel, dModel, random));
    const initial = Object.assign(normParameters(made.norm, made.normName, dModel), ...gates) as Record<string, Tensor>;
    this.#parameters = parametersFrom(engine(), dtype, initial);
    this.#parts = [{ layer: inner, prefix: "seq." }];
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<State>): { y: Real; state: State } {
    const call = forwardArguments(this.#frame, u, dims, options);
    const y = zeros(this.#made.dtype, u.length, "y");
    const state = this.run(u, y, call);
    clearPadding(y, this.dModel, call);
    return { y, state };
  }

  /** Fills `y`, padding with whatever comes, for arguments that were checked; returns the state that leaves. */
  run(u: Real, y: Real, call: Forward<string>): State {
    const { batch, length, ...options } = call;
    let state: State = {};
    this.#around(u, y, (x) => {
      const result = this.#made.inner.forward(x, { batch, length }, options as ForwardOptions<State>);
      state = result.state;
      return result.y;
    });
    return state;
  }

  step(u: Real, state: State, options?: { dt?: Real; out?: Real }): { y: Real; state: State } {
    const { y, dt } = stepArguments(this.#frame, u, state, options);
    const out = this.#scratch.ordinary("step", u.length);
    this.#around(u, y, (x) => this.#made.inner.step(x, state, dt === undefined ? { out } : { dt, out }).y);
    return { y, state };
  }

  initialState(batch: number): State {
    return initialState(this.#frame, batch);
  }

  parameters(): Record<string, Tensor> {
    return parametersOf(this.#parameters, this.#parts);
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    loadParameters(this.#made.name, this.#parameters, this.#parts, parameters, options);
  }

  /** All but the layer itself, which `inner` applies to rows. */
  #around(u: Real, y: Real, inner: (x: Real) => Real): void {
    const backend = engine();
    const { prenorm, activation } = this.#made;
    const scratch = this.#scratch;
    const place = { engine: backend, scratch, parameters: this.#parameters, rows: u.length / this.dModel, width: this.dModel };
    const { run } = activations[activation];
    if (prenorm) {
      const x = scratch.ordinary("normal", u.length);
      this.#normalise(backend, u, x);
      run(place, inner(x), u, y);
    } else {
      const sum = scratch.array(backend, "sum", u.length);
      run(place, inner(u), u, sum);
      this.#normalise(backend, sum, y);
    }
  }

  #normalise(backend: Engine, x: Input, y: Real): void {
    const { norm: kind, normName } = this.#made;
    const own = (name: string) => this.#parameters[name]?.resident;
    const [mean, variance] = [own(`batch_stats.${normName}.mean`), own(`batch_stats.${normName}.var`)];
    const weights = { scale: own(`${normName}.scale`), bias: own(`${normName}.bias`), mean, var: variance };
    norm(backend, { kind, rows: x.length / this.dModel, width: this.dModel, epsilon: epsilons[kind] }, { x, ...weights }, y);
  }
}
