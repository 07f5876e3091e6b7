// minLSTM: a gated recurrence whose gates depend on the input alone.
import type { Real, Tensor } from "../arrays.js";
import type { ForwardOptions, Layer, LoadOptions } from "./layer.js";
import { type MinConfig, type MinOptions, MinRecurrence } from "./min-recurrence.js";

/** Options of {@link MinLstm}, the reference's own with its defaults. */
export type MinLstmOptions = MinOptions;

/** State of {@link MinLstm}: h, [batch, trunc(dModel expansionFactor)]. */
export type MinLstmState = Record<"h", Real>;

/**
 * `h = (f h' + i g(v)) / (f + i)` with `f = sigmoid(W_f u)`, `i = sigmoid(W_i u)`, `v = W_v u`, and
 * `g(v) = v + 1/2` where `v >= 0`, else `sigmoid(v)`; y is `W_out h`, or h itself without projOut. (Feng et al. 2024,
 * arXiv:2410.01201; lucidrains/minGRU-pytorch `minLSTM`.)
 *
 * Pieces joined by a state are right, which they are not in the reference: its parallel form takes the logarithm of the
 * state's g instead of the state's own.
 */
export class MinLstm implements Layer {
  readonly dModel: number;
  /** Features of the output: dModel, or without projOut the states. */
  readonly dOutput: number;
  /** The options, complete. */
  readonly options: MinConfig;
  readonly #layer: MinRecurrence;

  constructor(options: MinLstmOptions) {
    this.#layer = new MinRecurrence("MinLstm", options);
    this.options = this.#layer.options;
    this.dModel = this.options.dModel;
    this.dOutput = this.#layer.recurrent.frame.dOutput!;
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<Record<string, Real>>): { y: Real; state: MinLstmState } {
    return this.#layer.recurrent.forward(u, dims, options);
  }

  step(u: Real, state: Record<string, Real>, options?: { dt?: Real; out?: Real }): { y: Real; state: MinLstmState } {
    return this.#layer.recurrent.step(u, state, options);
  }

  initialState(batch: number): MinLstmState {
    return this.#layer.recurrent.initialState(batch);
  }

  parameters(): Record<string, Tensor> {
    return { ...this.#layer.parameters };
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    this.#layer.load(parameters, options);
  }
}
