// minGRU: a gated recurrence whose gates depend on the input alone.
import type { Real, Tensor } from "../arrays.js";
import type { ForwardOptions, Layer, LoadOptions } from "./layer.js";
import { type MinConfig, type MinOptions, MinRecurrence } from "./min-recurrence.js";

/** Options of {@link MinGru}, the reference's own with its defaults. */
export type MinGruOptions = MinOptions;

/** State of {@link MinGru}: h, [batch, trunc(dModel expansionFactor)]. */
export type MinGruState = Record<"h", Real>;

/**
 * `h = (1 - z) h' + z g(v)` with `z = sigmoid(W_z u)`, `v = W_v u`, and `g(v) = v + 1/2` where `v >= 0`, else `sigmoid(v)`;
 * y is `W_out h`, or h itself without projOut. (Feng et al. 2024, arXiv:2410.01201; lucidrains/minGRU-pytorch `minGRU`.)
 *
 * The reference scans in logarithms; gates are between 0 and 1 and states above 0, so nothing is lost without them.
 */
export class MinGru implements Layer {
  readonly dModel: number;
  /** Features of the output: dModel, or without projOut the states. */
  readonly dOutput: number;
  /** The options, complete. */
  readonly options: MinConfig;
  readonly #layer: MinRecurrence;

  constructor(options: MinGruOptions) {
    this.#layer = new MinRecurrence("MinGru", options);
    this.options = this.#layer.options;
    this.dModel = this.options.dModel;
    this.dOutput = this.#layer.recurrent.frame.dOutput!;
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<Record<string, Real>>): { y: Real; state: MinGruState } {
    return this.#layer.recurrent.forward(u, dims, options);
  }

  step(u: Real, state: Record<string, Real>, options?: { dt?: Real; out?: Real }): { y: Real; state: MinGruState } {
    return this.#layer.recurrent.step(u, state, options);
  }

  initialState(batch: number): MinGruState {
    return this.#layer.recurrent.initialState(batch);
  }

  parameters(): Record<string, Tensor> {
    return { ...this.#layer.parameters };
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    this.#layer.load(parameters, options);
  }
}
