// A deep sequence model that says of what class a sequence is.
import { type Real, type Tensor, zeros } from "../arrays.js";
import { engine } from "../backend/current.js";
import { ScanError } from "../error.js";
import { clearPadding } from "../layers/composed.js";
import { type Forward, forwardArguments, type Frame, initialState, stepArguments } from "../layers/frame.js";
import type { ForwardOptions, Layer, LoadOptions } from "../layers/layer.js";
import { loadParameters, parametersOf, type Part } from "../layers/parts.js";
import { aBoolean, aCount, oneOf } from "../options.js";
import { random } from "../random.js";
import { DenseLayer } from "./dense-layer.js";
import { stackConfig, type StackOptions } from "./model-config.js";
import { pool, type Pooling, poolings } from "./pooling.js";
import { Stack } from "./stack.js";

/** Options of {@link ClassificationModel}. */
export interface ClassificationModelOptions extends StackOptions {
  /** Classes. */
  dOutput: number;
  /** What is classified: the mean of all valid steps ("pool", the default), the last one, or each ("none"). */
  mode?: Pooling;
  /** Whether sequences are padded, so that `forward` has to be given `lengths`; false, and then it may. */
  padded?: boolean;
}

type State = Record<string, Real>;

const more = { dOutput: aCount, mode: oneOf({ ...poolings, none: true }), padded: aBoolean };

/**
 * A {@link SequenceModel}, pooling over time, and a `decoder`; gives logits. Parameters have flax's flattened names:
 * `params.encoder.encoder.kernel`, `params.encoder.layers_0.seq.*`, `batch_stats.encoder.layers_0.norm.mean`,
 * `params.decoder.kernel`. The state has, beside those of the layers, what was pooled so far (`pooled`, [batch, dModel],
 * and `count`, [batch]): the logits of a piece are those of the whole sequence up to its end, those of a step likewise.
 * A sequence of no steps has the logits of features that are zero. (lindermanlab/S5 `ClassificationModel`, which ends in
 * a log-softmax.)
 */
export class ClassificationModel implements Layer {
  readonly dModel: number;
  readonly dInput: number;
  readonly dOutput: number;
  /** Complete, for JSON. */
  readonly options: Readonly<ClassificationModelOptions>;
  readonly #mode: Pooling;
  readonly #frame: Frame;
  readonly #stack: Stack;
  readonly #decoder: DenseLayer;
  readonly #parts: readonly Part[];

  constructor(options: ClassificationModelOptions) {
    const config = stackConfig("ClassificationModel", options, more, { mode: "pool", padded: false }, ["dOutput"]);
    const { dModel, dInput, dOutput, dtype, seed, mode = "pool" } = config;
    const generator = random(seed);
    [this.dModel, this.dInput, this.dOutput, this.#mode] = [dModel, dInput, dOutput, mode];
    this.#stack = new Stack("ClassificationModel", options, config, generator);
    this.options = this.#stack.options as ClassificationModelOptions;
    this.#decoder = new DenseLayer(engine(), "params.decoder", dModel, dOutput, dtype, generator);
    this.#parts = [{ layer: this.#stack, prefix: "params.encoder.", statistics: "batch_stats.encoder." }];
    this.#frame = this.#stack.frame(dOutput, mode === "none" ? {} : poolings[mode].state(dModel));
  }

  /** u: [batch, length, dInput]; y: logits, [batch, dOutput], with mode "none" [batch, length, dOutput], zero in padding. */
  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<State>): { y: Real; state: State } {
    const call = forwardArguments(this.#frame, u, dims, options);
    if (this.options.padded === true && call.lengths === undefined) {
      throw new ScanError("option", "ClassificationModel.forward: `lengths` is missing, expected with `padded`");
    }
    const rows = call.batch * call.length;
    const h = this.#stack.scratch.ordinary("encoded", rows * this.dModel);
    const state = this.#stack.run(u, h, call);
    const y = zeros(this.#frame.dtype, (this.#mode === "none" ? rows : call.batch) * this.dOutput, "y");
    const pooled = this.#pool(h, call, state);
    this.#decoder.run(engine(), pooled, y);
    if (this.#mode === "none") clearPadding(y, this.dOutput, call);
    return { y, state };
  }

  /** u: [batch, dInput]; y: logits of what has come so far, [batch, dOutput]. */
  step(u: Real, state: State, options?: { dt?: Real; out?: Real }): { y: Real; state: State } {
    const { batch, y, dt } = stepArguments(this.#frame, u, state, options);
    const h = this.#stack.scratch.ordinary("encoded", batch * this.dModel);
    this.#stack.step(u, h, batch, state, dt);
    if (this.#mode !== "none") pool(poolings[this.#mode], h, this.dModel, { batch, length: 1 }, state);
    this.#decoder.run(engine(), this.#mode === "none" ? h : state["pooled"]!, y);
    return { y, state };
  }

  initialState(batch: number): State {
    return initialState(this.#frame, batch);
  }

  parameters(): Record<string, Tensor> {
    return parametersOf(this.#decoder.parameters, this.#parts);
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    loadParameters("ClassificationModel", this.#decoder.parameters, this.#parts, parameters, options);
  }

  /** What the decoder sees of h; the state gets what was pooled, where the layers have one. */
  #pool(h: Real, call: Forward<string>, state: State): Real {
    if (this.#mode === "none") return h;
    const way = poolings[this.#mode];
    const own: State = {};
    for (const [key, size] of Object.entries(way.state(this.dModel))) {
      own[key] = call.state?.[key]?.slice() ?? zeros(this.#frame.dtype, call.batch * size, key);
    }
    pool(way, h, this.dModel, call, own);
    if (this.#frame.cannot.state === undefined) Object.assign(state, own);
    return own["pooled"]!;
  }
}
