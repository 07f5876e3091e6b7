// Random checkpoints of each kind: configurations in transformers' words and in mamba_ssm's, weights by shapes, and what defines each.
import type { Tensor } from "ssm-scan";
import { languageModel, mamba, mamba2, type Mamba2How } from "../reference/mamba.js";
import type { Definition } from "../reference/recurrent.js";
import type { Tensors } from "./checkpoints.js";
import { generator } from "./random.js";

/** A checkpoint: `weights` by transformers' names, and what gives its logits. */
export interface Made {
  title: string;
  config: Record<string, unknown>;
  weights: Tensors;
  define: (weights: Tensors) => Definition;
}

type Shapes = Record<string, readonly number[]>;

/** Features, blocks and tokens of all of them. */
const [D, L] = [6, 2];

interface Around { tokens: number; tied: boolean }

/** Names and shapes of a model around those of its mixers. */
function model(mixer: Shapes, { tokens, tied }: Around): Shapes {
  const blocks = Array.from({ length: L }, (_, i) => [[`backbone.layers.${i}.norm.weight`, [D]], ...Object.entries(mixer).map(([name, shape]) => [`backbone.layers.${i}.mixer.${name}`, shape])] as [string, number[]][]);
  return { "backbone.embeddings.weight": [tokens, D], ...Object.fromEntries(blocks.flat()), "backbone.norm_f.weight": [D], ...(!tied && { "lm_head.weight": [tokens, D] }) };
}

interface First { inner: number; states: number; taps: number; rank: number; bias: boolean; convBias: boolean }

const first = ({ inner, states, taps, rank, bias, convBias }: First): Shapes => ({
  ...{ "in_proj.weight": [2 * inner, D], "conv1d.weight": [inner, 1, taps], "x_proj.weight": [rank + 2 * states, inner], "dt_proj.weight": [inner, rank] },
  ...{ "dt_proj.bias": [inner], A_log: [inner, states], D: [inner], "out_proj.weight": [D, inner] },
  ...(bias && { "in_proj.bias": [2 * inner], "out_proj.bias": [D] }),
  ...(convBias && { "conv1d.bias": [inner] }),
});

interface Second { inner: number; own: number; heads: number; shared: number; taps: number; skips: number; norm: boolean }

/** `own` of the `inner` channels are the recurrence's, `shared` those of B and of C. */
const second = ({ inner, own, heads, shared, taps, skips, norm }: Second): Shapes => ({
  ...{ "in_proj.weight": [2 * inner + 2 * shared + heads, D], "conv1d.weight": [own + 2 * shared, 1, taps], "conv1d.bias": [own + 2 * shared] },
  ...{ dt_bias: [heads], A_log: [heads], D: [skips], "out_proj.weight": [D, inner], ...(norm && { "norm.weight": [own] }) },
});

/** Numbers as a trained model may have them. */
function drawn(shapes: Shapes, seed: number): Tensors {
  const random = generator(seed);
  const between = (low: number, high: number) => () => low + (high - low) * random();
  const of = (name: string, dims: readonly number[]): (() => number) => {
    if (/norm|\.D$/.test(name)) return between(0.5, 1.5);
    if (/dt_bias|dt_proj\.bias/.test(name)) return between(-3, 1);
    if (name.endsWith("A_log")) return between(-1, 2);
    const bound = 1.5 / Math.sqrt(name.includes("conv1d") ? 4 : dims.at(-1)!);
    return between(-bound, bound);
  };
  return Object.fromEntries(Object.entries(shapes).map(([name, dims]): [string, Tensor] => [name, { dims, data: Float32Array.from({ length: dims.reduce((x, y) => x * y, 1) }, of(name, dims)) }]));
}

const transformers = { hidden_size: D, num_hidden_layers: L };
const original = { d_model: D, n_layer: L, rms_norm: true, residual_in_fp32: true, fused_add_norm: true };

const ofMamba = (weights: Tensors, epsilon?: number, rms?: number): Definition => languageModel(weights, L, (own) => mamba(own, rms === undefined ? {} : { rms }), undefined, epsilon);
const ofMamba2 = (weights: Tensors, how: Mamba2How, epsilon?: number): Definition => languageModel(weights, L, (own) => mamba2(own, how), undefined, epsilon);

export const made: readonly Made[] = [
  {
    title: "Falcon-Mamba",
    config: { ...transformers, model_type: "falcon_mamba", vocab_size: 11, state_size: 4 },
    weights: drawn(model(first({ inner: 12, states: 4, taps: 4, rank: 1, bias: false, convBias: true }), { tokens: 11, tied: true }), 1),
    define: (weights) => ofMamba(weights, 1e-5, 1e-6),
  },
  {
    title: "Falcon-Mamba with everything else",
    config: { ...transformers, model_type: "falcon_mamba", vocab_size: 13, state_size: 3, intermediate_size: 10, conv_kernel: 3, time_step_rank: 2, use_bias: true, use_conv_bias: false, layer_norm_epsilon: 1e-3, mixer_rms_eps: 1e-2, tie_word_embeddings: false },
    weights: drawn(model(first({ inner: 10, states: 3, taps: 3, rank: 2, bias: true, convBias: false }), { tokens: 13, tied: false }), 2),
    define: (weights) => ofMamba(weights, 1e-3, 1e-2),
  },
  {
    title: "mamba_ssm's Mamba",
    config: { ...original, vocab_size: 11, ssm_cfg: {}, pad_vocab_size_multiple: 8, tie_embeddings: true },
    weights: drawn(model(first({ inner: 12, states: 16, taps: 4, rank: 1, bias: false, convBias: true }), { tokens: 16, tied: true }), 3),
    define: (weights) => ofMamba(weights),
  },
  {
    title: "mamba_ssm's Mamba with everything else",
    config: { ...original, vocab_size: 11, d_intermediate: 0, attn_layer_idx: [], attn_cfg: {}, ssm_cfg: { layer: "Mamba1", d_state: 5, d_conv: 2, expand: 3, dt_rank: 4, conv_bias: false, bias: true }, pad_vocab_size_multiple: 3, tie_embeddings: false },
    weights: drawn(model(first({ inner: 18, states: 5, taps: 2, rank: 4, bias: true, convBias: false }), { tokens: 12, tied: false }), 4),
    define: (weights) => ofMamba(weights),
  },
  {
    title: "mamba_ssm's Mamba-2",
    config: { ...original, vocab_size: 15, ssm_cfg: { layer: "Mamba2", headdim: 4, d_state: 5 }, pad_vocab_size_multiple: 16, tie_embeddings: true },
    weights: drawn(model(second({ inner: 12, own: 12, heads: 3, shared: 5, taps: 4, skips: 3, norm: true }), { tokens: 16, tied: true }), 5),
    define: (weights) => ofMamba2(weights, { headdim: 4, dState: 5 }),
  },
  {
    title: "mamba_ssm's Mamba-2 with everything else",
    config: { ...original, vocab_size: 16, ssm_cfg: { layer: "Mamba2", headdim: 2, d_state: 3, d_conv: 3, ngroups: 2, d_ssm: 8, D_has_hdim: true, norm_before_gate: true, dt_limit: [0.1, 0.9], chunk_size: 4 }, tie_embeddings: false },
    weights: drawn(model(second({ inner: 12, own: 8, heads: 4, shared: 6, taps: 3, skips: 8, norm: true }), { tokens: 16, tied: false }), 6),
    define: (weights) => ofMamba2(weights, { headdim: 2, dState: 3, ngroups: 2, normBeforeGate: true, dtLimit: [0.1, 0.9] }),
  },
  {
    title: "mamba_ssm's Mamba-2 without a norm",
    config: { ...original, vocab_size: 16, ssm_cfg: { layer: "Mamba2", headdim: 4, d_state: 3, rmsnorm: false } },
    weights: drawn(model(second({ inner: 12, own: 12, heads: 3, shared: 3, taps: 4, skips: 3, norm: false }), { tokens: 16, tied: true }), 7),
    define: (weights) => ofMamba2(weights, { headdim: 4, dState: 3 }),
  },
  {
    title: "transformers' Mamba-2",
    config: { ...transformers, model_type: "mamba2", vocab_size: 11, num_heads: 4, head_dim: 3, n_groups: 2, state_size: 4, time_step_limit: [0.05, 0.8], layer_norm_epsilon: 1e-3, tie_word_embeddings: true },
    weights: drawn(model(second({ inner: 12, own: 12, heads: 4, shared: 8, taps: 4, skips: 4, norm: true }), { tokens: 11, tied: true }), 8),
    define: (weights) => ofMamba2(weights, { headdim: 3, dState: 4, ngroups: 2, dtLimit: [0.05, 0.8], normEps: 1e-3 }, 1e-3),
  },
];
