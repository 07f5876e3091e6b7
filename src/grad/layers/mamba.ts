// Mamba on variables.
import { zeros } from "../../arrays.js";
import { innerOf, type MambaConfig } from "../../layers/mamba-config.js";
import { given } from "../../layers/mixer.js";
import { affine } from "../ops/arithmetic.js";
import { causalConv1d } from "../ops/causal-conv1d.js";
import { exp } from "../ops/elementwise.js";
import { linear } from "../ops/matmul.js";
import { rmsNorm } from "../ops/norm.js";
import { selectiveScan } from "../ops/selective-scan.js";
import { reshape, slice } from "../ops/shape.js";
import type { Variable } from "../tape.js";
import type { Trace } from "./trace.js";

export const mamba: Trace<MambaConfig> = (config, own, u, { reset }) => {
  const { dState, dtRank } = config;
  const inner = innerOf(config);
  const projected = linear(u, own["in_proj.weight"]!, own["in_proj.bias"]);
  const [first, z] = [slice(projected, 0, inner), slice(projected, inner, 2 * inner)];
  const weight = reshape(own["conv1d.weight"]!, [inner, config.dConv]);
  const x = causalConv1d(given({ x: first, weight, bias: own["conv1d.bias"] }), given({ activation: "silu" as const, reset }));
  const selected = linear(x, own["x_proj.weight"]!);
  const part = (from: number, width: number): Variable => normal(slice(selected, from, from + width), width, config);
  const dt = linear(part(0, dtRank), own["dt_proj.weight"]!);
  const [B, C] = [part(dtRank, dState), part(dtRank + dState, dState)];
  const A = affine(exp(own["A_log"]!), -1);
  const y = selectiveScan({ u: x, dt, A, B, C, D: own["D"]!, z, dtBias: own["dt_proj.bias"]! }, given({ dtSoftplus: true, reset }));
  return linear(y, own["out_proj.weight"]!, own["out_proj.bias"]);
};

/** Rows over their root mean squares, where the layer has that. */
function normal(x: Variable, width: number, { mixerRms, mixerRmsEps, dtype }: MambaConfig): Variable {
  if (!mixerRms) return x;
  return rmsNorm(x, { dims: [width], data: zeros(dtype, width).fill(1) }, mixerRmsEps);
}
