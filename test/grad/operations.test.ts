// Every operation on variables: its gradient against central differences, on every backend.
import { grad, loadBackend, type Tensor, useBackend } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { differences } from "../support/differences.js";
import { expectClose } from "../support/close.js";
import { generator, uniform } from "../support/random.js";

type Compute = (inputs: Record<string, grad.Variable>) => grad.Variable;

const tensor = (seed: number, dims: readonly number[], low = -1, high = 1): Tensor => ({
  dims,
  data: uniform(generator(seed), "float64", dims.reduce((product, size) => product * size, 1), low, high),
});
const one = (dims: readonly number[], low?: number, high?: number): Record<string, Tensor> => ({ x: tensor(1, dims, low, high) });
const two = (x: readonly number[], y: readonly number[], low?: number): Record<string, Tensor> => ({ x: tensor(1, x), y: tensor(2, y, low) });
const unary = ["gelu", "geluErf", "silu", "sigmoid", "tanh", "exp", "reciprocal", "sin", "cos", "softplus"] as const;
const random = () => ({ uniform: generator(9), normal: () => 0, truncatedNormal: () => 0 });

const system = {
  u: tensor(1, [2, 3, 2]),
  ...Object.fromEntries(["ar", "ai", "gr", "gi"].map((name, k) => [name, tensor(k + 2, [4], -0.6, 0.6)])),
  B: tensor(6, [4, 2, 2]),
  C: tensor(7, [2, 5, 2]),
  D: tensor(8, [2]),
};
const systemOf = ({ u, ar, ai, gr, gi, B, C, D }: Record<string, grad.Variable>): grad.DiagonalSsmInputs =>
  ({ u, a: { re: ar, im: ai }, gain: { re: gr, im: gi }, B, C, D }) as grad.DiagonalSsmInputs;

/** Of every input, with B and C by steps and by channels, and complex. */
function selectiveScans(): [string, Record<string, Tensor>, Compute][] {
  const signals = { u: tensor(1, [2, 5, 3]), dt: tensor(2, [2, 5, 3]), z: tensor(3, [2, 5, 3]), D: tensor(4, [3]), bias: tensor(5, [3]) };
  const real = { ...signals, A: tensor(6, [3, 2], -1, 0), state: tensor(9, [2, 3, 2]) };
  const pair = { A: tensor(6, [3, 2], -1, 0), Ai: tensor(7, [3, 2]), B: tensor(8, [2, 5, 2]), Bi: tensor(9, [2, 5, 2]), C: tensor(10, [3, 2]), Ci: tensor(11, [3, 2]) };
  const run: Compute = ({ bias, ...inputs }) => grad.selectiveScan({ ...inputs, dtBias: bias! } as unknown as grad.SelectiveOperands, { dtSoftplus: true });
  return [
    ["selectiveScan", { ...real, B: tensor(7, [2, 5, 1, 2]), C: tensor(8, [2, 5, 2]) }, run],
    ["selectiveScan with the same B at every step", { ...real, B: tensor(7, [3, 2]), C: tensor(8, [2, 5, 3, 2]) }, run],
    [
      "selectiveScan of complex numbers",
      { u: signals.u, dt: signals.dt, ...pair },
      ({ u, dt, A, Ai, B, Bi, C, Ci }) => grad.selectiveScan({ u: u!, dt: dt!, A: { re: A!, im: Ai! }, B: { re: B!, im: Bi! }, C: { re: C!, im: Ci! } }, { reverse: true }),
    ],
  ];
}

const operations: readonly [string, Record<string, Tensor>, Compute][] = [
  ...unary.map((name) => [name, one([3, 5], name === "reciprocal" ? 0.5 : -4, 4), ({ x }) => grad[name](x!)] as [string, Record<string, Tensor>, Compute]),
  ["relu", { x: { dims: [4], data: Float64Array.of(-1, 2, -0.5, 0.25) } }, ({ x }) => grad.relu(x!)],
  ["log", one([7], 0.5, 3), ({ x }) => grad.log(x!)],
  ["sqrt", one([7], 0.5, 3), ({ x }) => grad.sqrt(x!)],
  ["add", two([2, 3], [2, 3]), ({ x, y }) => grad.add(x!, y!)],
  ["add, broadcast", two([2, 3], [3]), ({ x, y }) => grad.add(x!, y!)],
  ["subtract, broadcast the other way", two([3], [2, 3]), ({ x, y }) => grad.subtract(x!, y!)],
  ["multiply, broadcast", two([4, 2, 3], [2, 3]), ({ x, y }) => grad.multiply(x!, y!)],
  ["multiply with itself", one([5]), ({ x }) => grad.multiply(x!, x!)],
  ["divide", two([2, 3], [3], 0.5), ({ x, y }) => grad.divide(x!, y!)],
  ["glu", two([2, 3], [2, 3]), ({ x, y }) => grad.glu(x!, y!)],
  ["subtract from itself", one([5]), ({ x }) => grad.subtract(x!, x!)],
  ["add a number", two([2, 3], []), ({ x, y }) => grad.add(x!, y!)],
  ["affine", one([5]), ({ x }) => grad.affine(x!, -3, 2)],
  ["mean", one([5]), ({ x }) => grad.mean(x!)],
  ["matmul", two([2, 3, 4], [4, 5]), ({ x, y }) => grad.matmul(x!, y!)],
  ["matmul, transposed", two([6, 4], [5, 4]), ({ x, y }) => grad.matmul(x!, y!, { transposed: true })],
  ["linear", { ...two([6, 4], [5, 4]), b: tensor(3, [5]) }, ({ x, y, b }) => grad.linear(x!, y!, b!)],
  ["linear, as flax has it", { ...two([6, 4], [4, 5]), b: tensor(3, [5]) }, ({ x, y, b }) => grad.linear(x!, y!, b!, { transposed: false })],
  ["toPairs", two([2, 3], [2, 3]), ({ x, y }) => grad.toPairs({ re: x!, im: y! })],
  ["layerNorm", { x: tensor(1, [5, 4]), s: tensor(2, [4]), b: tensor(3, [4]) }, ({ x, s, b }) => grad.layerNorm(x!, s!, b!)],
  ["rmsNorm", { x: tensor(1, [5, 4]), s: tensor(2, [4]) }, ({ x, s }) => grad.rmsNorm(x!, s!)],
  ["gatedNorm", { x: tensor(1, [5, 4]), z: tensor(2, [5, 4]), s: tensor(3, [4]) }, ({ x, z, s }) => grad.gatedNorm(x!, z!, s!)],
  [
    "gatedNorm in groups, the norm first",
    { x: tensor(1, [2, 3, 6]), z: tensor(2, [2, 3, 6]), s: tensor(3, [6]) },
    ({ x, z, s }) => grad.gatedNorm(x!, z!, s!, { groups: 3, normFirst: true, epsilon: 1e-3 }),
  ],
  ["batchNorm", { x: tensor(1, [2, 5, 4]), s: tensor(2, [4]), b: tensor(3, [4]) }, ({ x, s, b }) => grad.batchNorm(x!, s!, b!).y],
  [
    "frozenNorm",
    { x: tensor(1, [5, 3]), s: tensor(2, [3]), b: tensor(3, [3]) },
    ({ x, s, b }) => grad.frozenNorm(x!, s!, b!, { mean: Float64Array.of(0.1, 0.2, 0.3), var: Float64Array.of(0.5, 1, 2) }),
  ],
  ["reshape", one([2, 6]), ({ x }) => grad.reshape(x!, [3, 4])],
  ["slice", one([2, 6]), ({ x }) => grad.slice(x!, 1, 6, 2)],
  ["concatenate", two([2, 3], [2, 2]), ({ x, y }) => grad.concatenate([x!, y!, x!])],
  ["transpose", one([2, 3, 4]), ({ x }) => grad.transpose(x!)],
  ["embedding", one([4, 3]), ({ x }) => grad.embedding(x!, Int32Array.of(2, 0, 2, 3), [2, 2])],
  ["meanOverTime", one([2, 4, 3]), ({ x }) => grad.meanOverTime(x!, Int32Array.of(3, 4))],
  ["lastOverTime", one([2, 4, 3]), ({ x }) => grad.lastOverTime(x!, Int32Array.of(3, 4))],
  ["crossEntropy", one([4, 3]), ({ x }) => grad.crossEntropy(x!, Int32Array.of(2, 0, -1, 1))],
  ["logSoftmax", one([4, 3]), ({ x }) => grad.logSoftmax(x!)],
  ["maskPadding", one([2, 4, 3]), ({ x }) => grad.maskPadding(x!, Int32Array.of(3, 0))],
  ["meanSquaredError", two([4, 3], [4, 3]), ({ x, y }) => grad.meanSquaredError(x!, y!)],
  ["dropout", one([2, 3, 4]), ({ x }) => grad.dropout(x!, 0.4, { random: random() })],
  ["dropout, tied", one([2, 3, 4]), ({ x }) => grad.dropout(x!, 0.4, { random: random(), tied: true })],
  ["linearScan", { a: tensor(1, [2, 5, 3]), b: tensor(2, [2, 5, 3]), state: tensor(3, [2, 3]) }, ({ a, b, state }) => grad.linearScan({ a: a!, b: b!, state: state! })],
  ["matrixScan", { A: tensor(1, [2, 2], -0.5, 0.5), b: tensor(2, [2, 5, 2]) }, ({ A, b }) => grad.matrixScan({ A: A!, b: b! }, { reverse: true })],
  [
    "complexScan",
    { r: tensor(1, [3], -0.6, 0.6), i: tensor(2, [3], -0.6, 0.6), x: tensor(3, [2, 5, 3]), y: tensor(4, [2, 5, 3]) },
    ({ r, i, x, y }) => grad.complexScan({ a: { re: r!, im: i! }, b: { re: x!, im: y! } }).im,
  ],
  ...[{}, { reverse: true, first: 1 }, { reset: Uint8Array.of(0, 1, 0, 0, 0, 0), lengths: Int32Array.of(2, 3), scale: 2 }].map(
    (options) => [`diagonalSsm, ${JSON.stringify(options)}`, system, (own) => grad.diagonalSsm(systemOf(own), options)] as [string, Record<string, Tensor>, Compute],
  ),
  ["fftConv", { u: tensor(1, [2, 6, 2]), k: tensor(2, [2, 4]) }, ({ u, k }) => grad.fftConv(u!, k!)],
  [
    "causalConv1d",
    { x: tensor(1, [2, 5, 3]), w: tensor(2, [3, 4]), b: tensor(3, [3]), s: tensor(4, [2, 3, 3]) },
    ({ x, w, b, s }) => grad.causalConv1d({ x: x!, weight: w!, bias: b!, state: s! }, { activation: "silu", reset: Uint8Array.of(0, 0, 1, 0, 0, 0, 0, 0, 1, 0) }),
  ],
  ["causalConv1d without more", { x: tensor(1, [2, 5, 3]), w: tensor(2, [3, 2]) }, ({ x, w }) => grad.causalConv1d({ x: x!, weight: w! })],
  ...selectiveScans(),
  [
    "ssd",
    { x: tensor(1, [2, 5, 4, 2]), dt: tensor(2, [2, 5, 4]), A: tensor(3, [4], -2, -0.1), B: tensor(4, [2, 5, 2, 3]), C: tensor(5, [2, 5, 2, 3]), z: tensor(6, [2, 5, 4, 2]) },
    ({ x, dt, A, B, C, z }) => grad.ssd({ x: x!, dt: dt!, A: A!, B: B!, C: C!, z: z! }, { dtSoftplus: true, reverse: true }),
  ],
  [
    "ssd with constants",
    { x: tensor(1, [1, 5, 2, 3]), D: tensor(2, [2]), b: tensor(3, [2]), s: tensor(4, [1, 2, 3, 2]) },
    ({ x, D, b, s }) =>
      grad.ssd({ x: x!, dt: tensor(5, [1, 5, 2]), A: tensor(6, [2], -2, -0.1), B: tensor(7, [1, 5, 1, 2]), C: tensor(8, [1, 5, 1, 2]), D: D!, dtBias: b!, state: s! }),
  ],
  ["checkpoint", two([3, 4], [4, 4]), ({ x, y }) => grad.checkpoint((x, y) => grad.gelu(grad.matmul(grad.tanh(x!), y!)), x!, y!)],
];

describe.each(backends)("on %s", (name) => {
  beforeAll(async () => useBackend(await loadBackend(name)));

  test.each(operations)("%s has the gradient of its central differences", (_, inputs, compute) => {
    // A loss that no symmetry hides anything from: a weight for each element, and a square.
    const loss = (variables: Record<string, grad.Variable>): grad.Variable => {
      const y = compute(variables);
      const weights = tensor(77, y.dims);
      return grad.sum(grad.add(grad.multiply(y, weights), grad.multiply(y, y)));
    };
    const { gradients } = grad.valueAndGrad(loss)(inputs);
    const truth = differences(inputs, (at) => grad.valueAndGrad(loss)(at).value);
    for (const key of Object.keys(inputs)) {
      expect(gradients[key]!.dims).toEqual(inputs[key]!.dims);
      expectClose(key, gradients[key]!.data, truth[key]!, 1e-6);
    }
  });
});
