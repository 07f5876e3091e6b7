// The options of deep sequence models, complete and checked.
import { ScanError } from "../error.js";
import { aBoolean, aCount, type Check, type Checks, oneOf } from "../options.js";
import { type Activation, activations } from "../layers/activation.js";
import { blockChecks, momentumCheck } from "../layers/block-config.js";
import { configOf } from "../layers/config.js";
import type { Layer, LayerOptions } from "../layers/layer.js";
import type { LayerSpec } from "../layers/registry.js";
import type { NormKind } from "../layers/rows.js";

/** Makes the layer of the block with that index. */
export type LayerFactory = (own: Required<LayerOptions> & { dModel: number }, index: number) => Layer;

/** Options of all deep sequence models. */
export interface StackOptions extends LayerOptions {
  /** What the blocks are made of: a layer's class by name, with its options; as many, or what makes one. */
  layer: LayerSpec | readonly LayerSpec[] | LayerFactory;
  /** Features between the blocks. */
  dModel: number;
  /** Blocks. */
  nLayers: number;
  /** Features of the input; dModel. */
  dInput?: number;
  /** Normalisation of rows by their mean and variance, by running ones of features, by their mean square; "layer". */
  norm?: NormKind;
  /** S5's way to say norm "batch". */
  batchnorm?: boolean;
  /** Whether the input of a layer is normalised, and not the sum after it; false. */
  prenorm?: boolean;
  /** What follows a layer's output; "gelu". As in {@link S5LayerOptions}, and "none". */
  activation?: Activation;
  /** The weight of the past in running statistics; 0.9. Of training alone. */
  bnMomentum?: number;
  /** The share of features dropped; 0. Of training alone. */
  dropout?: number;
}

type Own = "norm" | "prenorm" | "activation" | "bnMomentum" | "dropout";

/** Complete options; a model of layers that are blocks themselves has none for what these have in them. */
export type StackConfig = Required<Omit<StackOptions, Own | "batchnorm">> & Required<Pick<StackOptions, Own>>;

const aLayer: Check = (value) =>
  typeof value === "function" || (typeof value === "object" && value !== null) ? undefined : "a layer's name with its options, a list of them, or a function";

const checks: Checks = {
  ...blockChecks,
  layer: aLayer,
  dModel: aCount,
  nLayers: aCount,
  dInput: aCount,
  norm: oneOf({ layer: true, batch: true, rms: true }),
  batchnorm: aBoolean,
  activation: oneOf(activations),
  bnMomentum: momentumCheck,
};

const defaults = { prenorm: false, activation: "gelu", bnMomentum: 0.9, dropout: 0 } as const;

/** The options given and defaults for the others; `more` are those of one model alone. */
export function stackConfig<O extends StackOptions>(name: string, options: O, more: Checks, moreDefaults: Partial<O>, required: readonly (keyof O & string)[] = []): O & StackConfig {
  const config = configOf<O, Partial<O>>(name, options, { ...checks, ...more }, { ...defaults, ...moreDefaults }, ["dModel", "nLayers", ...required]);
  if (config.layer === undefined) throw new ScanError("option", `${name}: \`layer\` is missing, expected a layer's name with its options`);
  const { batchnorm, norm = batchnorm === true ? "batch" : "layer", dInput = config.dModel, ...rest } = config;
  if (batchnorm !== undefined && batchnorm !== (norm === "batch")) {
    throw new ScanError("option", `${name}: \`batchnorm\` ${batchnorm} and \`norm\` "${norm}" say different things`);
  }
  return { ...rest, norm, dInput } as O & StackConfig;
}
