// Blocks on variables: a normalisation, a layer, an activation, the way round them.
import type { Activation } from "../../layers/activation.js";
import type { NormKind } from "../../layers/rows.js";
import { add } from "../ops/arithmetic.js";
import { batchNorm } from "../ops/batch-norm.js";
import { dropout } from "../ops/dropout.js";
import { gelu, glu } from "../ops/elementwise.js";
import { frozenNorm, layerNorm, rmsNorm } from "../ops/norm.js";
import type { Operand, Variable } from "../tape.js";
import { dense, type TraceOptions } from "./trace.js";

type Parameters = Readonly<Record<string, Operand>>;

/** What a block has beside its layer; see the options of `S5Layer`. */
export interface BlockOptions {
  norm: NormKind;
  /** What the normalisation's parameters are called. */
  normName: string;
  prenorm: boolean;
  activation: Activation;
  dropout: number;
}

/** `u + f(inner(norm(u)))` with prenorm, else `norm(u + f(inner(u)))`. */
export function block(options: BlockOptions, own: Parameters, u: Operand, how: TraceOptions, inner: (x: Operand) => Variable): Variable {
  const { prenorm } = options;
  const s = inner(prenorm ? normalised(options, own, u, how) : u);
  const y = add(u, activated(options, own, s, how));
  return prenorm ? y : normalised(options, own, y, how);
}

function normalised({ norm, normName }: BlockOptions, own: Parameters, x: Operand, { training, onStatistics }: TraceOptions): Variable {
  const scale = own[`${normName}.scale`]!;
  if (norm === "rms") return rmsNorm(x, scale, 1e-6);
  const bias = own[`${normName}.bias`]!;
  if (norm === "layer") return layerNorm(x, scale, bias);
  const [mean, variance] = [`batch_stats.${normName}.mean`, `batch_stats.${normName}.var`];
  if (training === undefined) return frozenNorm(x, scale, bias, { mean: own[mean]!.data, var: own[variance]!.data });
  const { y, statistics } = batchNorm(x, scale, bias);
  onStatistics?.(mean, statistics.mean);
  onStatistics?.(variance, statistics.var);
  return y;
}

/** Masks are tied along time, as in the reference. */
function activated({ activation, dropout: rate }: BlockOptions, own: Parameters, s: Variable, { training }: TraceOptions): Variable {
  const drop = (x: Variable): Variable => (training === undefined || rate === 0 ? x : dropout(x, rate, { random: training.random, tied: true }));
  if (activation === "none") return s;
  const g = drop(gelu(s));
  if (activation === "gelu") return g;
  const gate = dense("out2", own, g);
  const value = { full_glu: () => dense("out1", own, g), half_glu1: () => g, half_glu2: () => s }[activation]();
  return drop(glu(value, gate));
}
