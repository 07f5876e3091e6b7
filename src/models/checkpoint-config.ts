// The configuration of a checkpoint, as transformers or as mamba_ssm writes it.
import { ScanError } from "../error.js";
import { innerOf } from "../layers/mamba-config.js";
import type { MambaLanguageModelOptions } from "./language-config.js";

type Json = Readonly<Record<string, unknown>>;

/** A checkpoint's `config.json`. */
export interface CheckpointConfig {
  options: MambaLanguageModelOptions;
  /** Tokens that end a text. */
  end: readonly number[];
}

/** Architectures that are read. */
const architectures = { mamba: "Mamba", falcon_mamba: "Mamba", mamba2: "Mamba2" } as const;

/** Reads a configuration; `name` is the file's. */
export function checkpointConfig(name: string, json: unknown): CheckpointConfig {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw new ScanError("file", `${name} must hold an object, got ${JSON.stringify(json)}`);
  const fields = new Fields(name, json as Json);
  const type = (json as Json)["model_type"];
  const options = type === undefined && "d_model" in json ? originalOptions(fields) : transformersOptions(fields, type);
  const end = (json as Json)["eos_token_id"] ?? [];
  return { options, end: [end].flat().filter((id): id is number => Number.isSafeInteger(id)) };
}

function transformersOptions(fields: Fields, type: unknown): MambaLanguageModelOptions {
  if (typeof type !== "string" || !Object.hasOwn(architectures, type)) {
    fields.fail("model_type", `one of ${Object.keys(architectures).map((each) => `"${each}"`).join(", ")}`, type);
  }
  const layer = architectures[type as keyof typeof architectures];
  fields.silu("hidden_act");
  const dModel = fields.count("hidden_size");
  const normEps = fields.real("layer_norm_epsilon", 1e-5);
  const common = { dConv: fields.count("conv_kernel", 4), convBias: fields.flag("use_conv_bias", true), bias: fields.flag("use_bias", false) };
  const model = { vocabSize: fields.count("vocab_size"), dModel, nLayers: fields.count("num_hidden_layers"), normEps, tieEmbeddings: fields.flag("tie_word_embeddings", layer === "Mamba") };
  const expand = fields.real("expand", 2);
  if (layer === "Mamba") {
    const inner = fields.count("intermediate_size", innerOf({ dModel, expand }));
    const falcon = type === "falcon_mamba" && { mixerRms: true, mixerRmsEps: fields.real("mixer_rms_eps", 1e-6) };
    const options = { ...common, ...falcon, dState: fields.count("state_size", 16), expand: expandTo(inner, dModel), dtRank: fields.rank("time_step_rank") };
    return { ...model, layer: { name: "Mamba", options } };
  }
  const [heads, headdim] = [fields.count("num_heads", 128), fields.count("head_dim", 64)];
  const inner = innerOf({ dModel, expand });
  if (heads * headdim !== inner) throw new ScanError("file", `${fields.name}: \`num_heads\` ${heads} of \`head_dim\` ${headdim} are ${heads * headdim} channels, expected ${inner}`);
  const shape = { headdim, ngroups: fields.count("n_groups", 8), dState: fields.count("state_size", 128), chunkSize: fields.count("chunk_size", 256) };
  // `norm_before_gate` and `rms_norm`, which some files have, say nothing: transformers gates first, and always normalises.
  return { ...model, layer: { name: "Mamba2", options: { ...common, ...shape, normEps, expand, dtLimit: fields.limit("time_step_limit") } } };
}

function originalOptions(fields: Fields): MambaLanguageModelOptions {
  const mixer = fields.inner("ssm_cfg");
  const unit = fields.count("pad_vocab_size_multiple", 8);
  if (fields.real("d_intermediate", 0) !== 0) fields.fail("d_intermediate", "0: there are no other blocks", fields.json["d_intermediate"]);
  const attention = fields.json["attn_layer_idx"] ?? [];
  if (!Array.isArray(attention) || attention.length > 0) fields.fail("attn_layer_idx", "[]: there is no attention", attention);
  mixer.silu("activation");
  if (!fields.flag("rms_norm", true)) fields.fail("rms_norm", "true", false);
  const model = {
    vocabSize: Math.ceil(fields.count("vocab_size") / unit) * unit,
    dModel: fields.count("d_model"),
    nLayers: fields.count("n_layer"),
    normEps: fields.real("norm_epsilon", 1e-5),
    tieEmbeddings: fields.flag("tie_embeddings", true),
  };
  const common = { dConv: mixer.count("d_conv", 4), expand: mixer.real("expand", 2), convBias: mixer.flag("conv_bias", true), bias: mixer.flag("bias", false) };
  const layer = mixer.json["layer"] ?? "Mamba1";
  if (layer === "Mamba1") return { ...model, layer: { name: "Mamba", options: { ...common, dState: mixer.count("d_state", 16), dtRank: mixer.rank("dt_rank") } } };
  if (layer !== "Mamba2") mixer.fail("layer", '"Mamba1" or "Mamba2"', layer);
  const inner = innerOf({ dModel: model.dModel, expand: common.expand });
  const shape = { headdim: mixer.count("headdim", 64), ngroups: mixer.count("ngroups", 1), dState: mixer.count("d_state", 128), chunkSize: mixer.count("chunk_size", 256) };
  const norm = { rmsnorm: mixer.flag("rmsnorm", true), normBeforeGate: mixer.flag("norm_before_gate", false), dSsm: mixer.count("d_ssm", inner) };
  return { ...model, layer: { name: "Mamba2", options: { ...common, ...shape, ...norm, DHasHdim: mixer.flag("D_has_hdim", false), dtLimit: mixer.limit("dt_limit") } } };
}

/** What makes `inner` channels of so many features. */
function expandTo(inner: number, dModel: number): number {
  return innerOf({ dModel, expand: inner / dModel }) === inner ? inner / dModel : (inner + 0.5) / dModel;
}

function limitOf(end: unknown): number {
  if (end === "inf" || end === null) return Infinity;
  return Number(typeof end === "object" ? (end as { __float__?: unknown }).__float__ : end);
}

/** The fields of an object, each checked where it is read; `null` counts as left out, as in Python. */
class Fields {
  readonly name: string;
  readonly json: Json;

  constructor(name: string, json: Json) {
    this.name = name;
    this.json = json;
  }

  fail(field: string, expected: string, got: unknown): never {
    throw new ScanError("file", `${this.name}: \`${field}\` must be ${expected}, got ${got === undefined ? "nothing" : JSON.stringify(got)}`);
  }

  count(field: string, otherwise?: number): number {
    const value = this.json[field] ?? otherwise;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) this.fail(field, "a whole number of at least 1", value);
    return value;
  }

  real(field: string, otherwise: number): number {
    const value = this.json[field] ?? otherwise;
    if (typeof value !== "number" || !(value >= 0)) this.fail(field, "a number of at least 0", value);
    return value;
  }

  flag(field: string, otherwise: boolean): boolean {
    const value = this.json[field] ?? otherwise;
    if (typeof value !== "boolean") this.fail(field, "true or false", value);
    return value;
  }

  /** The activation, of which there is one under two names. */
  silu(field: string): void {
    const value = this.json[field] ?? "silu";
    if (value !== "silu" && value !== "swish") this.fail(field, '"silu"', value);
  }

  rank(field: string): number | "auto" {
    return (this.json[field] ?? "auto") === "auto" ? "auto" : this.count(field);
  }

  /** Step sizes are kept between two numbers, of which Python may write one as "inf", and transformers 5 as an object. */
  limit(field: string): readonly [number, number] {
    const value = this.json[field] ?? [0, Infinity];
    const pair = Array.isArray(value) ? value.map(limitOf) : [];
    if (pair.length !== 2 || !(pair[0]! >= 0 && pair[1]! >= pair[0]!)) this.fail(field, "[least, most], from 0 to Infinity", value);
    return pair as [number, number];
  }

  inner(field: string): Fields {
    const value = this.json[field] ?? {};
    if (typeof value !== "object" || Array.isArray(value)) this.fail(field, "an object", value);
    return new Fields(`${this.name}: ${field}`, value as Json);
  }
}
