// Language models as files that transformers reads.
import { ScanError } from "../error.js";
import { bytesOf } from "../io/elements.js";
import { narrow, type ShortFormat } from "../io/half.js";
import { fileOf, type Part } from "../io/tensors.js";
import { innerOf, type Mamba2Config, type MambaConfig } from "../layers/mamba-config.js";
import { checkOptions, oneOf } from "../options.js";
import { isWeightName, type WeightFormat, weightFormats } from "./checkpoint-tensor.js";
import type { LanguageConfig } from "./language-config.js";
import { MambaForCausalLM } from "./mamba-for-causal-lm.js";
import { Mamba2ForCausalLM } from "./mamba2-for-causal-lm.js";

/**
 * The files of a checkpoint by name, `config.json` and `model.safetensors`: to be written into a folder, which
 * {@link loadCausalLM} and transformers' `from_pretrained` read, or to be given to {@link loadCausalLM} as they are.
 * `weights` is what matrices are written as, "float32" by default; what is no matrix is float32, and so is what transformers
 * computes in. A model with `mixerRms` is a Falcon-Mamba. (transformers takes whole numbers of `expand` only.)
 *
 * Throws a ScanError of code "unsupported" for options that transformers' models do not have, and for matrices with numbers
 * that are too large for float16.
 */
export function saveCausalLM(model: MambaForCausalLM | Mamba2ForCausalLM, options?: { weights?: WeightFormat }): Map<string, Uint8Array> {
  if (!(model instanceof MambaForCausalLM) && !(model instanceof Mamba2ForCausalLM)) {
    throw new ScanError("dtype", `saveCausalLM: \`model\` must be a MambaForCausalLM or a Mamba2ForCausalLM, got ${String(model)}`);
  }
  const { weights = "float32" } = checkOptions("saveCausalLM", options, { weights: oneOf(weightFormats) });
  const parts = Object.entries(model.parameters()).map(([name, tensor]): Part => {
    const { dims, data } = tensor;
    if (weights === "float32" || !isWeightName(name)) return { name, dtype: "F32", shape: dims, size: data.byteLength, bytes: () => bytesOf(tensor.data) };
    const words = narrow(weights, data as Float32Array);
    if (weights === "float16" && words.some((word) => (word & 0x7c00) === 0x7c00)) {
      throw new ScanError("unsupported", `saveCausalLM: \`${name}\` has numbers above 65504, which \`weights\` "float16" cannot hold`);
    }
    return { name, dtype: shortNames[weights], shape: dims, size: words.byteLength, bytes: () => bytesOf(words) };
  });
  return new Map([
    ["config.json", new TextEncoder().encode(textOf(configOf(model.options, model.endTokens)))],
    ["model.safetensors", fileOf(parts, { format: "pt" })],
  ]);
}

/** What safetensors calls numbers of 16 bits. */
const shortNames: Readonly<Record<ShortFormat, "BF16" | "F16">> = { bfloat16: "BF16", float16: "F16" };

type Json = Record<string, unknown>;

/** Fields of real numbers, which transformers 5 takes for no others: 1.0, and not 1. */
const reals: ReadonlySet<string> = new Set(["layer_norm_epsilon", "mixer_rms_eps", "time_step_floor", "time_step_limit", "time_step_max", "time_step_min", "time_step_scale"]);

function textOf(config: Json): string {
  const lines = Object.entries(config).map(([name, value]) => `  ${JSON.stringify(name)}: ${reals.has(name) ? realText(value) : JSON.stringify(value)}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

function realText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(realText).join(", ")}]`;
  return JSON.stringify(value).replace(/^-?\d+$/, "$&.0");
}

function configOf(options: LanguageConfig, end: readonly number[]): Json {
  const { vocabSize, dModel, nLayers, normEps, tieEmbeddings, layer } = options;
  const own = layer.name === "Mamba" ? firstConfig(layer.options) : secondConfig(layer.options, normEps);
  const { dState, dConv, expand, convBias, bias, dtMin, dtMax, dtInitFloor } = layer.options;
  return {
    ...own,
    vocab_size: vocabSize,
    hidden_size: dModel,
    num_hidden_layers: nLayers,
    layer_norm_epsilon: normEps,
    tie_word_embeddings: tieEmbeddings,
    state_size: dState,
    conv_kernel: dConv,
    expand,
    use_conv_bias: convBias,
    use_bias: bias,
    hidden_act: "silu",
    time_step_min: dtMin,
    time_step_max: dtMax,
    time_step_floor: dtInitFloor,
    residual_in_fp32: true,
    bos_token_id: null,
    eos_token_id: end.length > 1 ? end : (end[0] ?? null),
    pad_token_id: null,
    dtype: "float32",
  };
}

function firstConfig(options: MambaConfig): Json {
  const { mixerRms, mixerRmsEps, dtRank, dtScale, dtInit } = options;
  return {
    architectures: [mixerRms ? "FalconMambaForCausalLM" : "MambaForCausalLM"],
    model_type: mixerRms ? "falcon_mamba" : "mamba",
    ...(mixerRms && { mixer_rms_eps: mixerRmsEps }),
    intermediate_size: innerOf(options),
    time_step_rank: dtRank,
    time_step_scale: dtScale,
    time_step_init_scheme: dtInit,
  };
}

function secondConfig(options: Mamba2Config, normEps: number): Json {
  const { headdim, ngroups, chunkSize, dSsm, dtLimit } = options;
  const only = { dSsm: innerOf(options), DHasHdim: false, rmsnorm: true, normBeforeGate: false, normGroups: ngroups, normEps };
  for (const [name, value] of Object.entries(only)) {
    const got = options[name as keyof typeof only];
    if (got !== value) throw new ScanError("unsupported", `saveCausalLM: transformers' Mamba2 has no \`${name}\` ${String(got)}, expected ${String(value)}`);
  }
  return {
    architectures: ["Mamba2ForCausalLM"],
    model_type: "mamba2",
    num_heads: dSsm / headdim,
    head_dim: headdim,
    n_groups: ngroups,
    chunk_size: chunkSize,
    // JSON has no infinity: this is what transformers 5 writes.
    time_step_limit: dtLimit.map((end) => (end === Infinity ? { __float__: "Infinity" } : end)),
  };
}
