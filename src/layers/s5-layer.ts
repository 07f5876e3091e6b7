// The layer of deep S5 models: a normalisation, the SSM, a gate, the way round them.
import type { Real, Tensor } from "../arrays.js";
import { aBoolean, type Checks } from "../options.js";
import { random, seedFrom } from "../random.js";
import { Block } from "./block.js";
import { activationCheck, blockChecks, type GatedActivation, momentumCheck } from "./block-config.js";
import { configOf } from "./config.js";
import type { ForwardOptions, Layer, LoadOptions } from "./layer.js";
import { s5Checks } from "./s5-config.js";
import { S5Ssm, type S5SsmOptions, type S5State } from "./s5-ssm.js";

/** Options of {@link S5Layer}: those of {@link S5Ssm}, and the reference's own for what is around it. */
export interface S5LayerOptions extends S5SsmOptions {
  /** What follows the SSM's output s, with g = gelu(s): "gelu" (the default) g, "full_glu" out1(g) sigmoid(out2(g)), "half_glu1" g sigmoid(out2(g)), "half_glu2" s sigmoid(out2(g)). */
  activation?: GatedActivation;
  /** Whether the input of the SSM is normalised, and not the sum at the end; false. */
  prenorm?: boolean;
  /** Whether by running statistics of features, and not by each row's own; false. */
  batchnorm?: boolean;
  /** The weight of the past in running statistics; 0.9. Of training alone. */
  bnMomentum?: number;
  /** The share of features dropped; 0. Of training alone. */
  dropout?: number;
}

const checks: Checks = { ...s5Checks, ...blockChecks, activation: activationCheck, batchnorm: aBoolean, bnMomentum: momentumCheck };
const defaults = { activation: "gelu", prenorm: false, batchnorm: false, bnMomentum: 0.9, dropout: 0 } as const;

/**
 * `u + f(ssm(norm(u)))` with prenorm, else `norm(u + f(ssm(u)))`. Parameters are flax's: `seq.*`, `norm.*`, `out1.*`,
 * `out2.*`, and `batch_stats.norm.*` with batchnorm. GELU is the tanh approximation; epsilon is 1e-6 in a layer norm,
 * 1e-5 in a batch norm. (lindermanlab/S5 `SequenceLayer`.) The state is the SSM's.
 */
export class S5Layer implements Layer {
  readonly dModel: number;
  /** Complete. */
  readonly options: Readonly<Required<S5LayerOptions>>;
  readonly #block: Block;

  constructor(options: S5LayerOptions) {
    const { activation, prenorm, batchnorm, bnMomentum, dropout, ...ssm } = configOf("S5Layer", options, checks, defaults as Partial<S5LayerOptions> & typeof defaults);
    const generator = random(ssm.seed);
    const inner = new S5Ssm({ ...ssm, seed: seedFrom(generator) });
    this.dModel = inner.dModel;
    this.options = { ...inner.options, activation, prenorm, batchnorm, bnMomentum, dropout, seed: ssm.seed };
    const norm = batchnorm ? "batch" : "layer";
    this.#block = new Block({ name: "S5Layer", inner, dtype: ssm.dtype, norm, normName: "norm", prenorm, activation, random: generator });
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<Record<string, Real>>): { y: Real; state: S5State } {
    return this.#block.forward(u, dims, options) as { y: Real; state: S5State };
  }

  step(u: Real, state: Record<string, Real>, options?: { dt?: Real; out?: Real }): { y: Real; state: S5State } {
    return this.#block.step(u, state, options) as { y: Real; state: S5State };
  }

  initialState(batch: number): S5State {
    return this.#block.initialState(batch) as S5State;
  }

  parameters(): Record<string, Tensor> {
    return this.#block.parameters();
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    this.#block.loadParameters(parameters, options);
  }
}
