// Deep sequence models on variables.
import { nameInPart, nameInWhole, type Place } from "../../layers/parts.js";
import { isBlockName, type LayerSpec } from "../../layers/registry.js";
import { behind } from "../../layers/composed.js";
import type { ClassificationModelOptions } from "../../models/classification-model.js";
import type { StackConfig } from "../../models/model-config.js";
import type { SequenceModelOptions } from "../../models/sequence-model.js";
import { lastOverTime, meanOverTime } from "../ops/pooling.js";
import type { Operand, Variable } from "../tape.js";
import { block } from "./block.js";
import { dense, type TraceOptions } from "./trace.js";
import { traced } from "./traces.js";

type Parameters = Readonly<Record<string, Operand>>;

/** A part's parameters by its own names, and statistics told by the whole's. */
function within(place: Place, whole: Parameters, how: TraceOptions): [Parameters, TraceOptions] {
  const own = Object.entries(whole).flatMap(([name, operand]) => {
    const inPart = nameInPart(place, name);
    return inPart === undefined ? [] : [[inPart, operand] as const];
  });
  return [Object.fromEntries(own), { ...how, onStatistics: (name, values) => how.onStatistics?.(nameInWhole(place, name), values) }];
}

/** Features [batch, length, dModel] after all blocks. */
function encoded(config: StackConfig, own: Parameters, u: Operand, how: TraceOptions): Variable {
  const specs = config.layer as LayerSpec | readonly LayerSpec[];
  let x = dense("encoder", own, u);
  for (let i = 0; i < config.nLayers; i++) {
    const spec = Array.isArray(specs) ? (specs[i] as LayerSpec) : (specs as LayerSpec);
    const [parameters, inner] = within({ prefix: `layers_${i}.`, statistics: `batch_stats.layers_${i}.` }, own, how);
    x = isBlockName(spec.name) ? traced(spec, parameters, x, inner) : around(config, spec, parameters, x, inner);
  }
  return x;
}

function around(config: StackConfig, spec: LayerSpec, own: Parameters, x: Operand, how: TraceOptions): Variable {
  const options = { ...config, normName: spec.name === "Lru" ? "normalization" : "norm" };
  return block(options, own, x, how, (inner) => traced(spec, behind("seq.", own), inner, how));
}

/** Outputs [batch, length, dOutput]. */
export function sequenceModel(options: SequenceModelOptions, own: Parameters, u: Operand, how: TraceOptions): Variable {
  const [encoder, inner] = within({ prefix: "params.", statistics: "batch_stats." }, own, how);
  const h = encoded(options as unknown as StackConfig, encoder, u, inner);
  return options.dOutput === undefined ? h : dense("params.decoder", own, h);
}

/** Logits [batch, dOutput], with mode "none" [batch, length, dOutput]. */
export function classificationModel(options: ClassificationModelOptions, own: Parameters, u: Operand, how: TraceOptions): Variable {
  const [encoder, inner] = within({ prefix: "params.encoder.", statistics: "batch_stats.encoder." }, own, how);
  const h = encoded(options as unknown as StackConfig, encoder, u, inner);
  const { mode = "pool" } = options;
  const pooled = mode === "pool" ? meanOverTime(h, how.lengths) : mode === "last" ? lastOverTime(h, how.lengths) : h;
  return dense("params.decoder", own, pooled);
}
