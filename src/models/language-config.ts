// The options and the initial parameters of language models of Mamba or Mamba-2 blocks.
import type { Tensor } from "../arrays.js";
import { ScanError } from "../error.js";
import { type Initial, drawn, mamba2Parameters, mambaParameters, normal, ones, spread } from "../init/mamba.js";
import { configOf } from "../layers/config.js";
import type { LayerOptions } from "../layers/layer.js";
import { innerOf, mamba2Config, type Mamba2Options, mambaConfig, type MambaOptions } from "../layers/mamba-config.js";
import { aBoolean, aCount, anObject, aPositive, type Checks } from "../options.js";
import type { Random } from "../random.js";
import type { MixerConfig } from "./mamba-blocks.js";

type Inner<O> = Omit<O, "dModel" | keyof LayerOptions>;

/** Options of {@link MambaLanguageModel}. */
export interface MambaLanguageModelOptions extends LayerOptions {
  vocabSize: number;
  /** Features between the blocks. */
  dModel: number;
  /** Blocks. */
  nLayers: number;
  /** What the blocks are made of, with its own options. */
  layer: { name: "Mamba"; options?: Inner<MambaOptions> } | { name: "Mamba2"; options?: Inner<Mamba2Options> };
  /** The epsilon of the norms; 1e-5. */
  normEps?: number;
  /** Whether the head's weights are the embeddings; true. */
  tieEmbeddings?: boolean;
}

/** The same, complete. */
export type LanguageConfig = Readonly<Required<Omit<MambaLanguageModelOptions, "layer">>> & { readonly layer: MixerConfig };

const checks: Checks = { vocabSize: aCount, dModel: aCount, nLayers: aCount, layer: anObject, normEps: aPositive, tieEmbeddings: aBoolean };

/** The options given and defaults for the others. */
export function languageConfig(options: MambaLanguageModelOptions): LanguageConfig {
  const name = "MambaLanguageModel";
  const defaults = { normEps: 1e-5, tieEmbeddings: true };
  const config = configOf<MambaLanguageModelOptions, typeof defaults>(name, options, checks, defaults, ["vocabSize", "dModel", "nLayers"]);
  const { layer, dModel, dtype } = config;
  if (layer?.name !== "Mamba" && layer?.name !== "Mamba2") {
    throw new ScanError("option", `${name}: \`layer.name\` must be "Mamba" or "Mamba2", got ${JSON.stringify((layer as { name?: unknown } | undefined)?.name) ?? "nothing"}`);
  }
  const own = { ...layer.options, dModel, dtype };
  const mixer: MixerConfig = layer.name === "Mamba" ? { name: "Mamba", options: mambaConfig(own as MambaOptions) } : { name: "Mamba2", options: mamba2Config(own as Mamba2Options) };
  return Object.freeze({ ...config, layer: mixer });
}

/** Parameters by transformers' names, not drawn yet: their shapes, and how they start in mamba_ssm. */
export function languageInitials(config: LanguageConfig, random: Random): Record<string, Initial> {
  const { vocabSize, dModel, nLayers, tieEmbeddings, layer } = config;
  const initials: Record<string, Initial> = { "backbone.embeddings.weight": normal([vocabSize, dModel], 0.02, random) };
  for (let i = 0; i < nLayers; i++) {
    initials[`backbone.layers.${i}.norm.weight`] = ones([dModel]);
    for (const [name, initial] of Object.entries(mixerInitials(layer, random))) {
      initials[`backbone.layers.${i}.mixer.${name}`] = name === "out_proj.weight" ? scaled(initial, 1 / Math.sqrt(nLayers)) : initial;
    }
  }
  initials["backbone.norm_f.weight"] = ones([dModel]);
  if (!tieEmbeddings) initials["lm_head.weight"] = spread([vocabSize, dModel], 1 / Math.sqrt(dModel), random);
  return initials;
}

/** The same, drawn. */
export function languageParameters(config: LanguageConfig, random: Random): Record<string, Tensor> {
  return drawn(languageInitials(config, random));
}

function mixerInitials(layer: MixerConfig, random: Random): Record<string, Initial> {
  return layer.name === "Mamba"
    ? mambaParameters({ ...layer.options, inner: innerOf(layer.options) }, random)
    : mamba2Parameters({ ...layer.options, inner: innerOf(layer.options) }, random);
}

const scaled = ({ dims, value }: Initial, factor: number): Initial => ({ dims, value: (i) => factor * value(i) });
