// The model of a training of the command.
import { type Activation, ClassificationModel, type LayerName, Mamba2ForCausalLM, MambaForCausalLM, type NormKind, saveCausalLM, saveLayer, SequenceModel, type train } from "../../index.js";
import { isBlockName } from "../../layers/registry.js";
import { UsageError } from "../numbers.js";
import { isLanguage, type Settings } from "./settings.js";

/** What each layer calls the size of its state. */
const sizes: Partial<Record<LayerName, string>> = {
  LinearRnn: "stateSize",
  LinOss: "stateDim",
  Lru: "dHidden",
  LruLayer: "dHidden",
  Mamba: "dState",
  Mamba2: "dState",
  S4: "dState",
  S4D: "dState",
  S5Layer: "ssmSize",
  S5Ssm: "ssmSize",
  Ssm: "stateSize",
};

/** Layers whose states are so many times as wide as their features. */
const expanded: readonly LayerName[] = ["MinGru", "MinLstm"];

/** A model for a task: a language model, or blocks around a layer with a normalisation before each. */
export function modelOf(settings: Settings, task: train.Task): train.TrainableModel {
  return isLanguage(settings) ? languageModelOf(settings, task) : deepModelOf(settings, task);
}

/** The files that a model is saved as, by their names. */
export function filesOf(model: train.TrainableModel, { weights }: Settings): ReadonlyMap<string, Uint8Array> {
  if (model instanceof MambaForCausalLM || model instanceof Mamba2ForCausalLM) return saveCausalLM(model, { weights: weights ?? "float32" });
  return new Map([["model.safetensors", saveLayer(model)]]);
}

function languageModelOf(settings: Settings, { dInput: vocabSize }: train.Task): MambaForCausalLM | Mamba2ForCausalLM {
  const { layer, "d-model": dModel, layers: nLayers, seed } = settings;
  const options = { vocabSize, dModel, nLayers, seed, layer: stateOf(settings) };
  return layer === "Mamba" ? new MambaForCausalLM(options) : new Mamba2ForCausalLM(options);
}

function deepModelOf(settings: Settings, task: train.Task): ClassificationModel | SequenceModel {
  const { layer, "d-model": dModel, layers: nLayers, seed } = settings;
  const { norm, activation, dropout } = settings as { norm: NormKind; activation: Activation; dropout: number };
  const own = stateOf(settings);
  const around = { prenorm: true, dropout, bnMomentum: 0.95 };
  if (isBlockName(layer) && norm === "rms") throw new UsageError(`--norm rms is none that ${layer} has, which is a block itself: layer or batch`);
  const inBlock = layer === "S5Layer" ? { ...around, activation, batchnorm: norm === "batch" } : { ...around, norm };
  const options = {
    ...{ dModel, nLayers, dInput: task.dInput, dOutput: task.classes, seed },
    ...(isBlockName(layer) ? { layer: { name: layer, options: { ...own, ...inBlock } } } : { layer: { name: layer, options: own }, norm, activation, ...around }),
  };
  return task.labels === "sequence" ? new ClassificationModel(options) : new SequenceModel(options);
}

function stateOf({ layer, "d-model": dModel, "state-size": size }: Settings): Record<string, number> {
  if (size === null) return {};
  if (expanded.includes(layer)) return { expansionFactor: size / dModel };
  const name = sizes[layer];
  if (name === undefined) throw new UsageError(`${layer} has no --state-size`);
  return { [name]: size };
}
