// RG-LRU on variables.
import { precisionOf, type Real, zeros } from "../../arrays.js";
import type { RgLru } from "../../layers/rg-lru.js";
import { add, affine, divide, multiply } from "../ops/arithmetic.js";
import { exp, sigmoid, softplus, sqrt, tanh } from "../ops/elementwise.js";
import { matmul } from "../ops/matmul.js";
import { linearScan } from "../ops/scans.js";
import { concatenate, gather, reshape, slice } from "../ops/shape.js";
import type { Operand, Variable } from "../tape.js";
import type { Trace } from "./trace.js";

export const rgLru: Trace<RgLru["options"]> = ({ dModel, numHeads }, own, u, { reset }) => {
  const gate = (name: string): Variable => sigmoid(add(byHeads(u, own[`${name}_weight`]!, numHeads), reshape(own[`${name}_bias`]!, [dModel])));
  // -log a, of which nothing is lost where a is almost 1.
  const decay = multiply(gate("recurrent_gate"), affine(softplus(own["recurrent_param"]!), 8));
  const t = tanh(decay);
  // The least normal number keeps the root's slope finite where a gate is 0.
  const root = sqrt(divide(affine(t, 2, 2 ** -126), affine(t, 1, 1)));
  const { kept, first } = firstSteps(u, reset);
  const b = multiply(add(multiply(root, kept), first), multiply(gate("input_gate"), u));
  return linearScan({ a: exp(affine(decay, -1)), b }, reset && { reset });
};

/** Rows of x times a block-diagonal matrix, weight [heads, size, size]. */
function byHeads(x: Operand, weight: Operand, heads: number): Variable {
  const size = weight.dims[1]!;
  const one = (head: number): Variable => matmul(slice(x, head * size, (head + 1) * size), reshape(gather(weight, Int32Array.of(head)), [size, size]));
  return concatenate(Array.from({ length: heads }, (_, head) => one(head)));
}

/** 1 in all elements of the rows that begin a sequence, which take all of their input in, and 1 in all of the others. */
function firstSteps({ dims, data }: Operand, reset: Uint8Array | undefined): Record<"kept" | "first", { dims: readonly number[]; data: Real }> {
  const [, length, width] = dims as [number, number, number];
  const dtype = precisionOf(data);
  const [kept, first] = [zeros(dtype, data.length).fill(1), zeros(dtype, data.length)];
  for (let row = 0; row < data.length / width; row++) {
    if (row % length !== 0 && (reset?.[row] ?? 0) === 0) continue;
    kept.fill(0, row * width, (row + 1) * width);
    first.fill(1, row * width, (row + 1) * width);
  }
  return { kept: { dims, data: kept }, first: { dims, data: first } };
}
