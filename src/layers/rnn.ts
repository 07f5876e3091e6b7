// The Elman RNN: the nonlinear recurrence that scans are compared with.
import type { Real, Tensor } from "../arrays.js";
import { engine } from "../backend/current.js";
import { uniformWeights } from "../init/weights.js";
import { aCount } from "../options.js";
import { random } from "../random.js";
import { configOf } from "./config.js";
import type { ForwardOptions, Layer, LayerOptions, LoadOptions } from "./layer.js";
import { loadInto, type Parameters, parametersFrom } from "./parameters.js";
import { type Made, Recurrent, type Steps } from "./recurrent.js";
import { dense } from "./rows.js";
import { Scratch } from "./scratch.js";

/** Options of {@link Rnn}. */
export interface RnnOptions extends LayerOptions {
  /** Features of the input. */
  dModel: number;
  /** States, which are the features of the output; dModel. */
  hiddenSize?: number;
}

/** State of {@link Rnn}: h, [batch, hiddenSize]. */
export type RnnState = Record<"h", Real>;

const cannot = {
  dt: "the layer has no step size",
  scan: "tanh makes the recurrence nonlinear, so it is no scan",
  convolution: "tanh makes the recurrence nonlinear, so it is no convolution",
};

/**
 * `h = tanh(W_ih u + b_ih + W_hh h' + b_hh)`, y = h: one layer of torch's `nn.RNN`, with its names and initial values. (Elman
 * 1990.) One step waits for the other; only sequences run in parallel. The serial baseline.
 */
export class Rnn implements Layer {
  readonly dModel: number;
  /** Features of the output: hiddenSize. */
  readonly dOutput: number;
  /** The options, complete. */
  readonly options: Required<RnnOptions>;
  readonly #recurrent: Recurrent;
  readonly #parameters: Parameters;
  readonly #scratch: Scratch;

  constructor(options: RnnOptions) {
    const config = configOf("Rnn", options, { dModel: aCount, hiddenSize: aCount }, {});
    const { dModel, hiddenSize = dModel, dtype, seed } = config;
    this.options = { ...config, hiddenSize };
    this.dModel = dModel;
    this.dOutput = hiddenSize;
    const frame = { name: "Rnn", dModel, dOutput: hiddenSize, dtype, state: { h: hiddenSize }, cannot };
    this.#recurrent = new Recurrent(frame, (steps, made) => this.#run(steps, made));
    const numbers = random(seed);
    const weights = (...dims: number[]) => uniformWeights(dims, 1 / Math.sqrt(hiddenSize), numbers);
    this.#parameters = parametersFrom(engine(), dtype, {
      weight_ih_l0: weights(hiddenSize, dModel),
      weight_hh_l0: weights(hiddenSize, hiddenSize),
      bias_ih_l0: weights(hiddenSize),
      bias_hh_l0: weights(hiddenSize),
    });
    this.#scratch = new Scratch(dtype);
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<Record<string, Real>>): { y: Real; state: RnnState } {
    return this.#recurrent.forward(u, dims, options);
  }

  step(u: Real, state: Record<string, Real>, options?: { dt?: Real; out?: Real }): { y: Real; state: RnnState } {
    return this.#recurrent.step(u, state, options);
  }

  initialState(batch: number): RnnState {
    return this.#recurrent.initialState(batch);
  }

  parameters(): Record<string, Tensor> {
    return { ...this.#parameters };
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    loadInto("Rnn", this.#parameters, parameters, options);
  }

  #run({ engine, u, batch, length, state, reset }: Steps<"h">, { y, leaving }: Made<"h">): Real {
    const { dModel, hiddenSize } = this.options;
    const own = (name: string) => this.#parameters[name]!.resident;
    const x = this.#scratch.array(engine, "x", batch * length * hiddenSize);
    dense(engine, { rows: batch * length, inputs: dModel, outputs: hiddenSize }, { x: u, weight: own("weight_ih_l0"), bias: own("bias_ih_l0") }, x);
    const inputs = { x, weight_hh_l0: own("weight_hh_l0"), bias_hh_l0: own("bias_hh_l0"), state: state?.h, reset };
    engine.call("rnn", [batch, length, hiddenSize], inputs, { "out.h": y, "out.state": leaving.h });
    return y;
  }
}
