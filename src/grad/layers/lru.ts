// The LRU on variables.
import type { LruOptions } from "../../layers/lru.js";
import { affine, add, multiply, subtract } from "../ops/arithmetic.js";
import { cos, exp, sin } from "../ops/elementwise.js";
import { matmul } from "../ops/matmul.js";
import { complexScan } from "../ops/scans.js";
import { transpose } from "../ops/shape.js";
import type { Trace } from "./trace.js";

export const lru: Trace<Required<LruOptions>> = (_, own, u, { reset }) => {
  const radius = exp(affine(exp(own["nu_log"]!), -1));
  const phase = exp(own["theta_log"]!);
  const a = { re: multiply(radius, cos(phase)), im: multiply(radius, sin(phase)) };
  const gain = exp(own["gamma_log"]!);
  const input = (name: string) => matmul(u, multiply(transpose(own[name]!), gain));
  const x = complexScan({ a, b: { re: input("B_re"), im: input("B_im") } }, reset && { reset });
  const transposed = { transposed: true };
  const readout = subtract(matmul(x.re, own["C_re"]!, transposed), matmul(x.im, own["C_im"]!, transposed));
  return add(readout, multiply(u, own["D"]!));
};
