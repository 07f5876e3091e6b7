// The layer of deep LRU models: a normalisation, the LRU, a gate, the way round them.
import type { Real, Tensor } from "../arrays.js";
import { type Checks, oneOf } from "../options.js";
import { random, seedFrom } from "../random.js";
import { Block } from "./block.js";
import { blockChecks } from "./block-config.js";
import { configOf } from "./config.js";
import type { ForwardOptions, Layer, LoadOptions } from "./layer.js";
import { Lru, type LruOptions, type LruState } from "./lru.js";
import { lruChecks } from "./lru-config.js";

/** Options of {@link LruLayer}: those of {@link Lru}, and the reference's own for what is around it. */
export interface LruLayerOptions extends LruOptions {
  /** Normalisation of rows by their own statistics, or by running ones of features; "layer". */
  norm?: "layer" | "batch";
  /** Whether the input of the LRU is normalised, and not the sum at the end; false. */
  prenorm?: boolean;
  /** The share of features dropped; 0. Of training alone. */
  dropout?: number;
}

const checks: Checks = { ...lruChecks, ...blockChecks, norm: oneOf({ layer: true, batch: true }) };
const defaults = { norm: "layer", prenorm: false, dropout: 0 } as const;

/**
 * `u + f(lru(norm(u)))` with prenorm, else `norm(u + f(lru(u)))`, where `f(s) = out1(g) sigmoid(out2(g))` with
 * `g = gelu(s)`. Parameters are flax's: `seq.*`, `normalization.*`, `out1.*`, `out2.*`, and
 * `batch_stats.normalization.*` with a batch norm. GELU is the tanh approximation; epsilon is 1e-6 in a layer norm,
 * 1e-5 in a batch norm. (NicolasZucchet/minimal-LRU `SequenceLayer`.) The state is the LRU's.
 */
export class LruLayer implements Layer {
  readonly dModel: number;
  /** Complete. */
  readonly options: Readonly<Required<LruLayerOptions>>;
  readonly #block: Block;

  constructor(options: LruLayerOptions) {
    const { norm, prenorm, dropout, ...lru } = configOf("LruLayer", options, checks, defaults as Partial<LruLayerOptions> & typeof defaults);
    const generator = random(lru.seed);
    const inner = new Lru({ ...lru, seed: seedFrom(generator) });
    this.dModel = inner.dModel;
    this.options = { ...inner.options, norm, prenorm, dropout, seed: lru.seed };
    this.#block = new Block({ name: "LruLayer", inner, dtype: lru.dtype, norm, normName: "normalization", prenorm, activation: "full_glu", random: generator });
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<Record<string, Real>>): { y: Real; state: LruState } {
    return this.#block.forward(u, dims, options) as { y: Real; state: LruState };
  }

  step(u: Real, state: Record<string, Real>, options?: { dt?: Real; out?: Real }): { y: Real; state: LruState } {
    return this.#block.step(u, state, options) as { y: Real; state: LruState };
  }

  initialState(batch: number): LruState {
    return this.#block.initialState(batch) as LruState;
  }

  parameters(): Record<string, Tensor> {
    return this.#block.parameters();
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    this.#block.loadParameters(parameters, options);
  }
}
