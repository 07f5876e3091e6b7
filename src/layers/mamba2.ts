// Mamba-2: heads of channels that share their decay, behind a short convolution.
import type { Real, Tensor } from "../arrays.js";
import { drawn, mamba2Parameters } from "../init/mamba.js";
import { random } from "../random.js";
import type { Layer, LoadOptions } from "./layer.js";
import { innerOf, type Mamba2Config, mamba2Config, type Mamba2Options } from "./mamba-config.js";
import { Mamba2Mixer } from "./mamba2-mixer.js";
import { type MambaForwardOptions, MixerLayer } from "./mixer-layer.js";

/**
 * State of {@link Mamba2}: `conv`, the last inputs of the convolution, [batch, dSsm + 2 ngroups dState, dConv - 1], oldest first
 * (the references keep one more, which nothing depends on), and `ssm`, [batch, heads, headdim, dState].
 */
export type Mamba2State = Record<"conv" | "ssm", Real>;

/**
 * `[z, x, B, C, dt] = in_proj(u)`; `[x, B, C] = silu(conv1d([x, B, C]))`; `delta = softplus(dt + dt_bias)` within `dtLimit`; for
 * each head `h = exp(delta A) h' + delta x B^T` with `A = -exp(A_log)`; `y = out_proj(norm((C h + D x) silu(z)))`. (Dao and Gu 2024,
 * arXiv:2405.21060; state-spaces/mamba `Mamba2`, transformers `Mamba2Mixer`.)
 *
 * `step` keeps step sizes within `dtLimit`, which the references forget there.
 */
export class Mamba2 implements Layer {
  readonly dModel: number;
  /** The options, complete. */
  readonly options: Mamba2Config;
  readonly #layer: MixerLayer;

  constructor(options: Mamba2Options) {
    const config = mamba2Config(options);
    const { dModel, dtype, seed } = config;
    this.dModel = dModel;
    this.options = config;
    const initial = drawn(mamba2Parameters({ ...config, inner: innerOf(config) }, random(seed)));
    this.#layer = new MixerLayer({ name: "Mamba2", dModel, dtype, initial, mixer: (weights, scratch) => new Mamba2Mixer(config, weights, "", scratch) });
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: MambaForwardOptions): { y: Real; state: Mamba2State } {
    return this.#layer.forward(u, dims, options);
  }

  step(u: Real, state: Record<string, Real>, options?: { dt?: Real; out?: Real }): { y: Real; state: Mamba2State } {
    return this.#layer.step(u, state, options);
  }

  initialState(batch: number): Mamba2State {
    return this.#layer.initialState(batch);
  }

  parameters(): Record<string, Tensor> {
    return { ...this.#layer.parameters };
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    this.#layer.load(parameters, options);
  }
}
