// The recurrences in plain JavaScript that times are ratios to: they compute what the definitions say.
import { ClassificationModel, S5Ssm } from "ssm-scan";
import { expect, test } from "vitest";
import { serialComplex, serialLinear, serialMatrix, serialS5 } from "../../src/cli/serial.js";
import { serialClassifier } from "../../src/cli/serial-classifier.js";
import { complexScan } from "../reference/complex-scan.js";
import { linearScan } from "../reference/linear-scan.js";
import { matrixScan } from "../reference/matrix-scan.js";
import { s5 } from "../reference/s5.js";

const dims = { batch: 3, length: 7, channels: 5 };
const [size, stateSize] = [3 * 7 * 5, 3 * 5];
const numbers = (count: number, seed: number): Float64Array => new Float64Array(count).map((_, i) => Math.sin(seed + 1.7 * i));
const pair = (count: number, seed: number) => ({ re: numbers(count, seed), im: numbers(count, seed + 0.5) });

function expectEqual(got: ArrayLike<number>, want: ArrayLike<number>): void {
  expect(got.length).toBe(want.length);
  for (let i = 0; i < want.length; i++) expect(got[i]).toBeCloseTo(want[i]!, 12);
}

test("serialLinear", () => {
  const [a, b, state, h] = [numbers(size, 1), numbers(size, 2), numbers(stateSize, 3), new Float64Array(size)];
  const want = linearScan({ a, b, state }, dims);
  serialLinear(dims, a, b, state, h);
  expectEqual(h, want.h);
  expectEqual(state, want.state);
});

test.each([["its own for every step", size], ["the same at every step", dims.channels]])("serialComplex, gates %s", (_, gates) => {
  const [a, b, state, h] = [pair(gates, 1), pair(size, 2), pair(stateSize, 3), pair(size, 0)];
  const want = complexScan({ a, b, state }, dims);
  serialComplex(dims, a, b, state, h);
  for (const part of ["re", "im"] as const) {
    expectEqual(h[part], want.h[part]);
    expectEqual(state[part], want.state[part]);
  }
});

test("serialMatrix", () => {
  const shape = { batch: 3, length: 7, n: 5 };
  const [A, b, state, h] = [numbers(size * 5, 1), numbers(size, 2), numbers(stateSize, 3), new Float64Array(size)];
  const want = matrixScan({ A, b, state }, shape);
  serialMatrix(shape, A, b, state, h);
  expectEqual(h, want.h);
  expectEqual(state, want.state);
});

test("serialS5, again and again", () => {
  const parameters = new S5Ssm({ dModel: 5, ssmSize: 8, blocks: 2, dtype: "float64" }).parameters();
  const forward = serialS5(parameters, dims, (count) => new Float64Array(count));
  for (const seed of [1, 2]) {
    const u = numbers(size, seed);
    expectEqual(forward(u), s5(parameters, {}, u, dims).y);
  }
});

test("serialClassifier, again and again", () => {
  const model = new ClassificationModel({ dInput: 1, dModel: 5, nLayers: 2, dOutput: 4, norm: "batch", prenorm: true, activation: "half_glu1", dtype: "float64", layer: { name: "S5Ssm", options: { ssmSize: 8, blocks: 2 } } });
  const parameters = model.parameters();
  for (const [name, { data }] of Object.entries(parameters)) if (/norm|stats/.test(name)) data.forEach((_, i) => { data[i] = 1 + 0.3 * Math.sin(i + name.length); });
  const forward = serialClassifier(parameters, dims, (count) => new Float64Array(count));
  for (const seed of [1, 2]) {
    const u = numbers(21, seed);
    expectEqual(forward(u), model.forward(u, dims).y);
  }
});
