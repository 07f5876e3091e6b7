// A deep sequence model: a dense layer, blocks around any of the layers, perhaps another dense layer.
import { type Real, type Tensor, zeros } from "../arrays.js";
import { engine } from "../backend/current.js";
import { clearPadding } from "../layers/composed.js";
import { forwardArguments, type Frame, initialState, stepArguments } from "../layers/frame.js";
import type { ForwardOptions, Layer, LoadOptions } from "../layers/layer.js";
import { loadParameters, parametersOf, type Part } from "../layers/parts.js";
import { aCount } from "../options.js";
import { random } from "../random.js";
import { DenseLayer } from "./dense-layer.js";
import { stackConfig, type StackOptions } from "./model-config.js";
import { Stack } from "./stack.js";

/** Options of {@link SequenceModel}. */
export interface SequenceModelOptions extends StackOptions {
  /** Features of the output, by a dense layer at the end; where left out there is none, and they are dModel. */
  dOutput?: number;
}

type State = Record<string, Real>;

/**
 * `encoder`, then `nLayers` blocks (see {@link S5Layer}) around any layer, then a `decoder` where `dOutput` is given.
 * Parameters have flax's flattened names: `params.encoder.kernel`, `params.layers_0.seq.*`, `params.layers_0.norm.scale`,
 * `batch_stats.layers_0.norm.mean`, `params.decoder.kernel`. The state holds the layers' own behind `layers_0.` and so
 * on. A layer that is a block already is not put into another. (lindermanlab/S5 `StackedEncoderModel`.)
 */
export class SequenceModel implements Layer {
  readonly dModel: number;
  readonly dInput: number;
  readonly dOutput: number;
  /** Complete, for JSON. */
  readonly options: Readonly<SequenceModelOptions>;
  readonly #frame: Frame;
  readonly #stack: Stack;
  readonly #decoder: DenseLayer | undefined;
  readonly #parts: readonly Part[];

  constructor(options: SequenceModelOptions) {
    const config = stackConfig("SequenceModel", options, { dOutput: aCount }, {});
    const { dModel, dInput, dOutput, dtype, seed } = config;
    const generator = random(seed);
    this.dModel = dModel;
    this.dInput = dInput;
    this.dOutput = dOutput ?? dModel;
    this.#stack = new Stack("SequenceModel", options, config, generator);
    this.options = this.#stack.options;
    this.#decoder = dOutput === undefined ? undefined : new DenseLayer(engine(), "params.decoder", dModel, dOutput, dtype, generator);
    this.#parts = [{ layer: this.#stack, prefix: "params.", statistics: "batch_stats." }];
    this.#frame = this.#stack.frame(this.dOutput);
  }

  /** u: [batch, length, dInput], y: [batch, length, dOutput], zero in padding. */
  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<State>): { y: Real; state: State } {
    const call = forwardArguments(this.#frame, u, dims, options);
    const rows = call.batch * call.length;
    const y = zeros(this.#frame.dtype, rows * this.dOutput, "y");
    const h = this.#before(y, rows);
    const state = this.#stack.run(u, h, call);
    this.#decoder?.run(engine(), h, y);
    clearPadding(y, this.dOutput, call);
    return { y, state };
  }

  /** u: [batch, dInput], y: [batch, dOutput]. */
  step(u: Real, state: State, options?: { dt?: Real; out?: Real }): { y: Real; state: State } {
    const { batch, y, dt } = stepArguments(this.#frame, u, state, options);
    const h = this.#before(y, batch);
    this.#stack.step(u, h, batch, state, dt);
    this.#decoder?.run(engine(), h, y);
    return { y, state };
  }

  initialState(batch: number): State {
    return initialState(this.#frame, batch);
  }

  parameters(): Record<string, Tensor> {
    return parametersOf(this.#decoder?.parameters ?? {}, this.#parts);
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    loadParameters("SequenceModel", this.#decoder?.parameters ?? {}, this.#parts, parameters, options);
  }

  /** Where the blocks' output goes: to the decoder, if there is one. */
  #before(y: Real, rows: number): Real {
    return this.#decoder === undefined ? y : this.#stack.scratch.ordinary("encoded", rows * this.dModel);
  }
}
