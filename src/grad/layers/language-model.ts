// Language models on variables: embeddings, blocks `h + mixer(norm(h))`, a norm, a head.
import { checkKind } from "../../arrays.js";
import { checkDims, checkLength } from "../../dims.js";
import { ScanError } from "../../error.js";
import { behind } from "../../layers/composed.js";
import { checkValid } from "../../layers/frame.js";
import { CausalLM } from "../../models/causal-lm.js";
import { checkIds } from "../../models/embedding.js";
import { MambaLanguageModel } from "../../models/mamba-language-model.js";
import { bytes, checkOptions, integers } from "../../options.js";
import { add } from "../ops/arithmetic.js";
import { matmul } from "../ops/matmul.js";
import { rmsNorm } from "../ops/norm.js";
import { maskPadding } from "../ops/pooling.js";
import { embedding } from "../ops/shape.js";
import type { Operand, Variable } from "../tape.js";
import type { TraceOptions } from "./trace.js";
import { traced } from "./traces.js";

/**
 * What `model.forward` gives as logits, on variables: ids [batch, length] -> [batch, length, vocabSize], zero in padding.
 * `parameters` have the names and shapes of `model.parameters()`, whose values do not count. For a loss give logits to
 * {@link crossEntropy}, with the next id as the label of each step, and -1 where there is none.
 */
export function logits(
  model: CausalLM | MambaLanguageModel,
  parameters: Readonly<Record<string, Operand>>,
  ids: Int32Array,
  dims: { batch: number; length: number },
  options?: Pick<TraceOptions, "reset" | "lengths">,
): Variable {
  if (!(model instanceof CausalLM || model instanceof MambaLanguageModel)) throw new ScanError("option", "logits: `model` must be a language model");
  const { vocabSize, nLayers, normEps, tieEmbeddings, layer } = model.options;
  const [batch, length] = checkDims({ ...dims, vocabSize }, ["batch", "length", "vocabSize"]) as [number, number, number];
  const { reset, lengths } = checkOptions("logits", options, { reset: bytes, lengths: integers });
  checkKind("ids", "Int32Array", ids);
  checkLength("ids", ids, batch * length);
  if (reset !== undefined) checkLength("reset", reset, batch * length);
  if (lengths !== undefined) checkValid(lengths, batch, length);
  // What stands in padding is not read.
  const read = lengths === undefined ? ids : ids.map((id, i) => (i % length < lengths[Math.floor(i / length)]! ? id : 0));
  checkIds(read, vocabSize);
  const own = (name: string): Operand => {
    const operand = parameters[name];
    if (operand === undefined) throw new ScanError("option", `logits: \`parameters\` have no "${name}"`);
    return operand;
  };
  let h = embedding(own("backbone.embeddings.weight"), read, [batch, length]);
  for (let i = 0; i < nLayers; i++) {
    const prefix = `backbone.layers.${i}.`;
    const normal = rmsNorm(h, own(`${prefix}norm.weight`), normEps);
    h = add(h, traced(layer, behind(`${prefix}mixer.`, parameters), normal, reset === undefined ? {} : { reset }));
  }
  const head = own(tieEmbeddings ? "backbone.embeddings.weight" : "lm_head.weight");
  const y = matmul(rmsNorm(h, own("backbone.norm_f.weight"), normEps), head, { transposed: true });
  return lengths === undefined ? y : maskPadding(y, lengths);
}
