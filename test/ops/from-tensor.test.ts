// Tensors of other libraries become ours, if their elements lie in order.
import { fromTensor } from "ssm-scan";
import { expect, test } from "vitest";
import { expectRefusal } from "../support/refusal.js";

const data = Float32Array.of(1, 2, 3, 4, 5, 6);

test("axes are `dims` or `shape`", () => {
  expect(fromTensor({ data, dims: [2, 3] })).toEqual({ dims: [2, 3], data });
  expect(fromTensor({ data, shape: [3, 2, 1] })).toEqual({ dims: [3, 2, 1], data });
  expect(fromTensor({ data: Float32Array.of(7), dims: [] })).toEqual({ dims: [], data: Float32Array.of(7) });
  expect(fromTensor({ data: new Float64Array(0), dims: [0, 5] })).toEqual({ dims: [0, 5], data: new Float64Array(0) });
});

test("both precisions stay what they are, other numbers become float32", () => {
  const wide = Float64Array.from(data);
  expect(fromTensor({ data: wide, dims: [6] }).data).toEqual(wide);
  for (const other of [[...data], Int32Array.from(data), Uint8Array.from(data)]) {
    expect(fromTensor({ data: other, dims: [6] }).data).toEqual(data);
  }
});

test("strides are those of rows in order; of an axis of 1 they mean nothing", () => {
  expect(fromTensor({ data, shape: [2, 3], strides: [3, 1] }).dims).toEqual([2, 3]);
  expect(fromTensor({ data, shape: [1, 6], strides: [99, 1] }).dims).toEqual([1, 6]);
  for (const strides of [[1, 2], [6, 1], [3, 2], [3]]) {
    expectRefusal(() => fromTensor({ data, shape: [2, 3], strides }), { code: "shape", names: "strides" });
  }
});

test("axes that do not fit the elements are refused", () => {
  expectRefusal(() => fromTensor({ data, dims: [2, 4] }), { code: "shape", names: "data", says: [6, 8] });
  expectRefusal(() => fromTensor({ data }), { code: "shape", names: "dims" });
  for (const dims of [[-2, -3], [1.5, 4], [Number.NaN]]) {
    expectRefusal(() => fromTensor({ data, dims }), { code: "shape", names: "dims" });
  }
});

test("what is no tensor is refused", () => {
  expectRefusal(() => fromTensor(undefined as never));
  expectRefusal(() => fromTensor({ dims: [1] } as never), { names: "data" });
});
