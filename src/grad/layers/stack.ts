// Deep sequence models on variables.
import type { LayerName, LayerSpec } from "../../layers/registry.js";
import type { ClassificationModelOptions } from "../../models/classification-model.js";
import type { StackConfig } from "../../models/model-config.js";
import type { SequenceModelOptions } from "../../models/sequence-model.js";
import { add } from "../ops/arithmetic.js";
import { matmul } from "../ops/matmul.js";
import { lastOverTime, meanOverTime } from "../ops/pooling.js";
import type { Operand, Variable } from "../tape.js";
import { block } from "./block.js";
import { below, type TraceOptions } from "./trace.js";
import { traced } from "./traces.js";

type Parameters = Readonly<Record<string, Operand>>;

/** Layers that are blocks themselves. */
const blocks: readonly LayerName[] = ["LruLayer", "S5Layer"];

const STATISTICS = "batch_stats.";

/** Features [batch, length, dModel] after all blocks. */
function encoded(config: StackConfig, own: Parameters, u: Operand, how: TraceOptions): Variable {
  const specs = config.layer as LayerSpec | readonly LayerSpec[];
  let x = dense("encoder", own, u);
  for (let i = 0; i < config.nLayers; i++) {
    const spec = Array.isArray(specs) ? (specs[i] as LayerSpec) : (specs as LayerSpec);
    const statistics = `${STATISTICS}layers_${i}.`;
    const parameters = { ...below(own, `layers_${i}.`), ...renamed(below(own, statistics), STATISTICS) };
    const inner: TraceOptions = { ...how, onStatistics: (name, values) => how.onStatistics?.(statistics + name.slice(STATISTICS.length), values) };
    x = blocks.includes(spec.name) ? traced(spec, parameters, x, inner) : around(config, spec, parameters, x, inner);
  }
  return x;
}

function around(config: StackConfig, spec: LayerSpec, own: Parameters, x: Operand, how: TraceOptions): Variable {
  const options = { ...config, normName: spec.name === "Lru" ? "normalization" : "norm" };
  return block(options, own, x, how, (inner) => traced(spec, below(own, "seq."), inner, how));
}

/** Outputs [batch, length, dOutput]. */
export function sequenceModel(options: SequenceModelOptions, own: Parameters, u: Operand, how: TraceOptions): Variable {
  const h = encoded(options as unknown as StackConfig, own, u, how);
  return "decoder.kernel" in own ? dense("decoder", own, h) : h;
}

/** Logits [batch, dOutput], with mode "none" [batch, length, dOutput]. */
export function classificationModel(options: ClassificationModelOptions, own: Parameters, u: Operand, how: TraceOptions): Variable {
  const statistics = `${STATISTICS}encoder.`;
  const encoder = { ...below(own, "params.encoder."), ...renamed(below(own, statistics), STATISTICS) };
  const inner: TraceOptions = { ...how, onStatistics: (name, values) => how.onStatistics?.(statistics + name.slice(STATISTICS.length), values) };
  const h = encoded(options as unknown as StackConfig, encoder, u, inner);
  const { mode = "pool" } = options;
  const pooled = mode === "pool" ? meanOverTime(h, how.lengths) : mode === "last" ? lastOverTime(h, how.lengths) : h;
  return dense("params.decoder", own, pooled);
}

function renamed(parameters: Parameters, prefix: string): Record<string, Operand> {
  return Object.fromEntries(Object.entries(parameters).map(([name, operand]) => [prefix + name, operand]));
}

function dense(name: string, own: Parameters, x: Operand): Variable {
  return add(matmul(x, own[`${name}.kernel`]!), own[`${name}.bias`]!);
}
