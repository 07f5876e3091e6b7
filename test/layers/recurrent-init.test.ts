// How the layers whose state passes from step to step begin: names, shapes, distributions.
import { init, LinearRnn, MinGru, MinLstm, RgLru, Rnn, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { expectClose } from "../support/close.js";
import { backends } from "../support/backends.js";
import { deviation, expectNormal, expectUniform } from "../support/statistics.js";

const shapes = (layer: { parameters(): Record<string, Tensor> }): Record<string, readonly number[]> =>
  Object.fromEntries(Object.entries(layer.parameters()).map(([name, tensor]) => [name, [...tensor.dims]]));
beforeAll(async () => {
  await init({ backend: backends[0]! });
});

const dtype = "float64";

test("MinGru and MinLstm have the reference's names and shapes", () => {
  expect(shapes(new MinGru({ dModel: 6 }))).toEqual({ "to_hidden_and_gate.weight": [12, 6] });
  expect(shapes(new MinGru({ dModel: 5, expansionFactor: 1.5 }))).toEqual({ "to_hidden_and_gate.weight": [14, 5], "to_out.weight": [5, 7] });
  expect(shapes(new MinLstm({ dModel: 6, projOut: true }))).toEqual({ "to_hidden_and_f_i_gate.weight": [18, 6], "to_out.weight": [6, 6] });
  expect(shapes(new MinLstm({ dModel: 6, expansionFactor: 2, projOut: false }))).toEqual({ "to_hidden_and_f_i_gate.weight": [36, 6] });
});

test("MinGru and MinLstm start as torch's linear layers", () => {
  const parameters = new MinGru({ dModel: 64, expansionFactor: 2, dtype }).parameters();
  expectUniform(parameters["to_hidden_and_gate.weight"]!.data, -1 / 8, 1 / 8);
  expectUniform(parameters["to_out.weight"]!.data, -1 / Math.sqrt(128), 1 / Math.sqrt(128));
  expectUniform(new MinLstm({ dModel: 64, dtype }).parameters()["to_hidden_and_f_i_gate.weight"]!.data, -1 / 8, 1 / 8);
});

test("RgLru starts with gates between 0.9 and 0.999, by the reference's names", () => {
  const layer = new RgLru({ dModel: 400, numHeads: 4, dtype });
  const parameters = layer.parameters();
  expect(shapes(layer)).toEqual({
    recurrent_param: [400],
    input_gate_weight: [4, 100, 100],
    input_gate_bias: [4, 100],
    recurrent_gate_weight: [4, 100, 100],
    recurrent_gate_bias: [4, 100],
  });
  const squares = [...parameters["recurrent_param"]!.data].map((p) => Math.exp(-2 * Math.log1p(Math.exp(p))));
  expectUniform(squares, 0.81, 0.999 ** 2 + 2e-8);
  expectNormal(parameters["input_gate_weight"]!.data, 0.01);
  expectNormal(new RgLru({ dModel: 400, numHeads: 4, wInitVarianceScale: 1, dtype }).parameters()["recurrent_gate_weight"]!.data, 0.1);
  for (const name of ["input_gate_bias", "recurrent_gate_bias"]) expect(parameters[name]!.data.every((value) => value === 0)).toBe(true);
  expect([10, 64, 7, 13].map((dModel) => new RgLru({ dModel }).options.numHeads)).toEqual([10, 8, 7, 1]);
});

test("Rnn starts as torch's", () => {
  const layer = new Rnn({ dModel: 30, hiddenSize: 100, dtype });
  expect(shapes(layer)).toEqual({ weight_ih_l0: [100, 30], weight_hh_l0: [100, 100], bias_ih_l0: [100], bias_hh_l0: [100] });
  for (const name of ["weight_ih_l0", "weight_hh_l0"]) expectUniform(layer.parameters()[name]!.data, -0.1, 0.1);
  expect(layer.dOutput).toBe(100);
});

/** `x y^T` of [n, n] matrices. */
function timesTransposed(x: ArrayLike<number>, y: ArrayLike<number>, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return Array.from({ length: n }, (_, k) => x[i * n + k]! * y[j * n + k]!).reduce((sum, term) => sum + term, 0);
  });
}

describe("LinearRnn", () => {
  const identity = (n: number): Float64Array => Float64Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));

  test("starts with an orthogonal matrix", () => {
    const layer = new LinearRnn({ dModel: 20, stateSize: 33, dtype });
    expect(shapes(layer)).toEqual({ A: [33, 33], B: [33, 20], C: [20, 33], D: [20] });
    const { A, B, C } = layer.parameters();
    expectClose("A A^T", timesTransposed(A!.data, A!.data, 33), identity(33), 1e-14);
    expectNormal(B!.data, 1 / Math.sqrt(20));
    expectNormal(C!.data, 1 / Math.sqrt(33));
    expect(shapes(new LinearRnn({ dModel: 4 }))["A"]).toEqual([4, 4]);
  });

  test("starts on a ring: a normal matrix whose eigenvalues have the given absolute value", () => {
    const { A } = new LinearRnn({ dModel: 4, stateSize: 16, init: "ring", rMin: 0.9, rMax: 0.9, dtype }).parameters();
    expectClose("A A^T", timesTransposed(A!.data, A!.data, 16), identity(16).map((x) => 0.81 * x), 1e-14);
    const trace = (options: object): number => {
      const { data } = new LinearRnn({ dModel: 4, stateSize: 16, init: "ring", dtype, ...options }).parameters()["A"]!;
      return Array.from({ length: 16 }, (_, i) => data[i * 17]!).reduce((sum, x) => sum + x, 0);
    };
    expect(trace({ rMin: 0.5, rMax: 0.5, maxPhase: 0 })).toBeCloseTo(8, 12);
    expect(trace({ rMin: 0.9, rMax: 0.999, maxPhase: 0.1 })).toBeGreaterThan(16 * 0.9 * Math.cos(0.1));
  });

  test("on a ring, states keep the variance of what they take in", () => {
    const { A, B } = new LinearRnn({ dModel: 3000, stateSize: 8, init: "ring", rMin: 0.95, rMax: 0.95, dtype }).parameters();
    const rows = Array.from({ length: 8 }, (_, i) => deviation([...B!.data.slice(i * 3000, (i + 1) * 3000)]));
    for (const row of rows) expect(row * Math.sqrt(3000)).toBeCloseTo(Math.sqrt(1 - 0.95 ** 2), 1);
    expect(A!.data.every(Number.isFinite)).toBe(true);
  });
});
