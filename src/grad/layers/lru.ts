// The LRU on variables.
import type { LruOptions } from "../../layers/lru.js";
import { affine, multiply } from "../ops/arithmetic.js";
import { toPairs } from "../ops/complex.js";
import { diagonalSsm } from "../ops/diagonal-ssm.js";
import { cos, exp, sin } from "../ops/elementwise.js";
import type { Trace } from "./trace.js";

export const lru: Trace<Required<LruOptions>> = (_, own, u, { reset, lengths }) => {
  const radius = exp(affine(exp(own["nu_log"]!), -1));
  const phase = exp(own["theta_log"]!);
  const a = { re: multiply(radius, cos(phase)), im: multiply(radius, sin(phase)) };
  const gain = exp(own["gamma_log"]!);
  const matrix = (name: string) => toPairs({ re: own[`${name}_re`]!, im: own[`${name}_im`]! });
  const inputs = { u, a, gain: { re: gain, im: { dims: gain.dims, data: gain.data.slice().fill(0) } }, B: matrix("B"), C: matrix("C"), D: own["D"]! };
  return diagonalSsm(inputs, { ...(reset && { reset }), ...(lengths && { lengths }) });
};
