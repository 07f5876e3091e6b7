// Mamba: a gated selective state space behind a short convolution.
import type { Real, Tensor } from "../arrays.js";
import { drawn, mambaParameters } from "../init/mamba.js";
import { random } from "../random.js";
import type { Layer, LoadOptions } from "./layer.js";
import { innerOf, type MambaConfig, mambaConfig, type MambaOptions } from "./mamba-config.js";
import { MambaMixer } from "./mamba-mixer.js";
import { type MambaForwardOptions, MixerLayer } from "./mixer-layer.js";

/**
 * State of {@link Mamba}, with I = expand dModel channels: `conv`, the last inputs of the convolution, [batch, I, dConv - 1],
 * oldest first (the references keep one more, which nothing depends on), and `ssm`, [batch, I, dState].
 */
export type MambaState = Record<"conv" | "ssm", Real>;

/**
 * `[x, z] = in_proj(u)`; `x = silu(conv1d(x))`; `[dt, B, C] = x_proj(x)`; `delta = softplus(dt_proj(dt))`;
 * `h = exp(delta A) h' + delta B x` with `A = -exp(A_log)`; `y = out_proj((C h + D x) silu(z))`. With `mixerRms` dt, B and C
 * are first divided by their root mean squares. (Gu and Dao 2023, arXiv:2312.00752; state-spaces/mamba `Mamba`,
 * transformers `MambaMixer` and `FalconMambaMixer`.)
 *
 * A sequence may come in pieces of any lengths; in the references pieces but the first have to be single steps.
 */
export class Mamba implements Layer {
  readonly dModel: number;
  /** The options, complete. */
  readonly options: MambaConfig;
  readonly #layer: MixerLayer;

  constructor(options: MambaOptions) {
    const config = mambaConfig(options);
    const { dModel, dtype, seed } = config;
    this.dModel = dModel;
    this.options = config;
    const initial = drawn(mambaParameters({ ...config, inner: innerOf(config) }, random(seed)));
    this.#layer = new MixerLayer({ name: "Mamba", dModel, dtype, initial, mixer: (weights, scratch) => new MambaMixer(config, weights, "", scratch) });
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: MambaForwardOptions): { y: Real; state: MambaState } {
    return this.#layer.forward(u, dims, options);
  }

  step(u: Real, state: Record<string, Real>, options?: { dt?: Real; out?: Real }): { y: Real; state: MambaState } {
    return this.#layer.step(u, state, options);
  }

  initialState(batch: number): MambaState {
    return this.#layer.initialState(batch);
  }

  parameters(): Record<string, Tensor> {
    return { ...this.#layer.parameters };
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    this.#layer.load(parameters, options);
  }
}
