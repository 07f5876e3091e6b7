// The forward pass of a layer or a model on variables.
import type { Layer } from "../../layers/layer.js";
import { specOf } from "../../layers/registry.js";
import { ClassificationModel } from "../../models/classification-model.js";
import { SequenceModel } from "../../models/sequence-model.js";
import { maskPadding } from "../ops/pooling.js";
import type { Operand, Variable } from "../tape.js";
import { classificationModel, sequenceModel } from "./stack.js";
import type { TraceOptions } from "./trace.js";
import { traced } from "./traces.js";

/**
 * What `layer.forward` gives, on variables: u [batch, length, dInput] -> [batch, length, dOutput], zero in padding; of a
 * `ClassificationModel` logits. `parameters` have the names and shapes of `layer.parameters()`, whose values do not count.
 */
export function forward(layer: Layer, parameters: Readonly<Record<string, Operand>>, u: Operand, how: TraceOptions = {}): Variable {
  if (layer instanceof ClassificationModel) {
    const y = classificationModel(layer.options, parameters, u, how);
    return layer.options.mode === "none" ? clear(y, how) : y;
  }
  if (layer instanceof SequenceModel) return clear(sequenceModel(layer.options, parameters, u, how), how);
  return clear(traced(specOf(layer), parameters, u, how), how);
}

function clear(y: Variable, { lengths }: TraceOptions): Variable {
  return lengths === undefined ? y : maskPadding(y, lengths);
}
