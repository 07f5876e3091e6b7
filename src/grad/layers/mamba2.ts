// Mamba-2 on variables.
import { innerOf, type Mamba2Config } from "../../layers/mamba-config.js";
import { given } from "../../layers/mixer.js";
import { chunkOf } from "../../layers/mamba2-mixer.js";
import { affine, multiply } from "../ops/arithmetic.js";
import { causalConv1d } from "../ops/causal-conv1d.js";
import { exp, silu } from "../ops/elementwise.js";
import { linear } from "../ops/matmul.js";
import { gatedNorm } from "../ops/norm.js";
import { concatenate, reshape, slice } from "../ops/shape.js";
import { ssd } from "../ops/ssd.js";
import type { Operand, Variable } from "../tape.js";
import type { Trace } from "./trace.js";

export const mamba2: Trace<Mamba2Config> = (config, own, u, { reset }) => {
  const { dSsm, dState, dConv, headdim, ngroups, dtLimit, rmsnorm } = config;
  const [batch, length] = u.dims as [number, number];
  const [shared, heads, beside] = [ngroups * dState, dSsm / headdim, innerOf(config) - dSsm];
  const channels = dSsm + 2 * shared;
  const sizes = { gate: beside, value: beside, z: dSsm, convolved: channels, dt: heads };
  const { gate, value, z, convolved, dt } = split(linear(u, own["in_proj.weight"]!, own["in_proj.bias"]), sizes);
  const weight = reshape(own["conv1d.weight"]!, [channels, dConv]);
  const made = causalConv1d({ x: convolved, weight, bias: own["conv1d.bias"] }, given({ activation: "silu" as const, reset }));
  const { x, B, C } = split(made, { x: dSsm, B: shared, C: shared });
  const inHeads = (x: Operand): Variable => reshape(x, [batch, length, heads, headdim]);
  const inGroups = (x: Operand): Variable => reshape(x, [batch, length, ngroups, dState]);
  const A = affine(exp(own["A_log"]!), -1);
  const inputs = { x: inHeads(x), dt, A, B: inGroups(B), C: inGroups(C), D: own["D"]!, z: rmsnorm ? undefined : inHeads(z), dtBias: own["dt_bias"]! };
  const y = reshape(ssd(inputs, given({ reset, dtSoftplus: true, dtLimit, chunk: chunkOf(config) })), [batch, length, dSsm]);
  const { normGroups: groups, normEps: epsilon, normBeforeGate: normFirst } = config;
  const normal = rmsnorm ? gatedNorm(y, z, own["norm.weight"]!, { groups, epsilon, normFirst }) : y;
  const all = beside === 0 ? normal : concatenate([multiply(silu(gate), value), normal]);
  return linear(all, own["out_proj.weight"]!, own["out_proj.bias"]);
};

/** Parts of the last axis, one after the other. */
function split<K extends string>(x: Operand, sizes: Record<K, number>): Record<K, Variable> {
  let end = 0;
  const parts = Object.entries<number>(sizes).map(([name, size]) => [name, slice(x, end, (end += size))]);
  return Object.fromEntries(parts) as Record<K, Variable>;
}
