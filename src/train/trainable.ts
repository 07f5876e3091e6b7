// Models as a training sees them: parameters, logits on variables, logits.
import type { Real } from "../arrays.js";
import { ScanError } from "../error.js";
import { forward } from "../grad/layers/forward.js";
import { logits } from "../grad/layers/language-model.js";
import type { TraceOptions } from "../grad/layers/trace.js";
import type { Operand, Variable } from "../grad/tape.js";
import type { LayerSpec } from "../layers/registry.js";
import { CausalLM } from "../models/causal-lm.js";
import { ClassificationModel } from "../models/classification-model.js";
import { Mamba2ForCausalLM } from "../models/mamba2-for-causal-lm.js";
import type { MambaForCausalLM } from "../models/mamba-for-causal-lm.js";
import { SequenceModel } from "../models/sequence-model.js";
import type { Named } from "./groups.js";
import type { Batch } from "./task.js";

/** What can be trained. */
export interface Trainable {
  /** What it is: a class and its options, for JSON. */
  readonly description: { name: string; options: object };
  /** The weight of the past in running statistics. */
  readonly momentum: number;
  /** Live. */
  parameters(): Named;
  loadParameters(parameters: Named): void;
  /** A row of logits for each label of the batch. */
  logits(parameters: Readonly<Record<string, Operand>>, batch: Batch, how: TraceOptions): Variable;
  /** The same of the parameters that it has, without what training needs. */
  evaluate(batch: Batch): Real;
}

/** Models of which a training can be made. */
export type TrainableModel = ClassificationModel | SequenceModel | MambaForCausalLM | Mamba2ForCausalLM;

/**
 * A model as a training sees it: a `ClassificationModel` for labels of sequences, a `SequenceModel` for labels of steps, a
 * `MambaForCausalLM` or `Mamba2ForCausalLM`, kept in float32, for labels of tokens.
 */
export function trainable(model: TrainableModel): Trainable {
  if (model instanceof CausalLM) return languageModel(model);
  if (model instanceof ClassificationModel || model instanceof SequenceModel) return deepModel(model);
  throw new ScanError("unsupported", "train: `model` must be a ClassificationModel, a SequenceModel, a MambaForCausalLM or a Mamba2ForCausalLM");
}

function languageModel(model: CausalLM): Trainable {
  model.loadParameters(model.parameters()); // refused where they cannot change
  const tokens = ({ input }: Batch): Int32Array => {
    if (input instanceof Int32Array) return input;
    throw new ScanError("dtype", "train: a language model takes tokens, an Int32Array, got features");
  };
  return {
    description: { name: model instanceof Mamba2ForCausalLM ? "Mamba2ForCausalLM" : "MambaForCausalLM", options: model.options },
    momentum: 0,
    parameters: () => model.parameters(),
    loadParameters: (parameters) => { model.loadParameters(parameters); },
    logits: (parameters, batch) => logits(model, parameters, tokens(batch), batch),
    evaluate: (batch) => model.forward(tokens(batch), batch).logits,
  };
}

function deepModel(model: ClassificationModel | SequenceModel): Trainable {
  const dtype = model.options.dtype ?? "float32";
  const features = ({ input, batch, length }: Batch): Real => {
    const own = input instanceof Int32Array ? oneHot(input, model.dInput) : input;
    if (own.length !== batch * length * model.dInput) throw new ScanError("shape", `train: the input has ${own.length} elements, expected ${batch} x ${length} x ${model.dInput}`);
    return dtype === "float64" ? Float64Array.from(own) : own;
  };
  return {
    description: { name: model instanceof ClassificationModel ? "ClassificationModel" : "SequenceModel", options: model.options },
    momentum: momentumOf(model.options),
    parameters: () => model.parameters(),
    loadParameters: (parameters) => { model.loadParameters(parameters); },
    logits: (parameters, batch, how) => forward(model, parameters, { dims: [batch.batch, batch.length, model.dInput], data: features(batch) }, how),
    evaluate: (batch) => model.forward(features(batch), { batch: batch.batch, length: batch.length }).y,
  };
}

/** The model's own; of blocks that were given as layers, theirs. */
function momentumOf({ bnMomentum, layer }: { bnMomentum?: number; layer?: unknown }): number {
  const [first] = [layer].flat() as (LayerSpec | undefined)[];
  return bnMomentum ?? (first?.options?.["bnMomentum"] as number | undefined) ?? 0.9;
}

/** [...] tokens as [..., count] features, of which one is 1. */
export function oneHot(tokens: Int32Array, count: number): Float32Array {
  const features = new Float32Array(tokens.length * count);
  tokens.forEach((token, i) => {
    if (token < 0 || token >= count) throw new ScanError("shape", `train: token ${token} is not among the ${count} there are`);
    features[i * count + token] = 1;
  });
  return features;
}
