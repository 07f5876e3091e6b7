// The recurrences in plain JavaScript that times are ratios to: they compute what the definitions say.
import { S5Ssm } from "ssm-scan";
import { expect, test } from "vitest";
import { addGelu, serialComplex, serialLinear, serialMatrix, serialS5 } from "../../src/cli/serial.js";
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

test("addGelu", () => {
  const [x, y] = [Float64Array.of(1, 2, 3, 4), Float64Array.of(0, 1, -1, -40)];
  addGelu(x, y);
  const gelu = (value: number) => 0.5 * value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3)));
  expectEqual(x, [1, 2 + gelu(1), 3 + gelu(-1), 4]);
});
