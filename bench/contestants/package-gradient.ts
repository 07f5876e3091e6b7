// Scans there and back and a step of training as calls of the package.
import { grad, linearScanBackward, selectiveScan, selectiveScanBackward, type Tensor, train } from "ssm-scan";
import { classifierOf } from "../cases/gradients/training.js";
import type { Planes, Real } from "../cases/inputs.js";
import { fill } from "../cases/layers/models.js";
import type { Problem } from "../cases/problem.js";
import type { LayerCall } from "./package-layer.js";

export function linearGradientCall({ batch, length, channels = 1 }: Problem, planes: Planes): LayerCall {
  const [given, dims] = [{ a: planes["a"]!, b: planes["b"]! }, { batch, length, channels }];
  const [da, db] = [new Float32Array(given.b.length), new Float32Array(given.b.length)];
  const state = new Float32Array(batch * channels);
  // As in the others, nobody asks for the states: they are computed on the way.
  const run = (): Planes => {
    linearScanBackward<Real>(given, { h: planes["dh"]! }, dims, { out: { a: da, b: db, state } });
    return { da, db };
  };
  return { run, first: run() };
}

export function selectiveGradientCall({ batch, length, channels = 1, n = 1 }: Problem, { dy, ...planes }: Planes): LayerCall {
  const given = planes as Record<"u" | "dt" | "A" | "B" | "C" | "D" | "z" | "dtBias", Real>;
  const [dims, options] = [{ batch, length, channels, states: n, groups: 1 }, { dtSoftplus: true }];
  const run = (): Planes => {
    selectiveScan(given, dims, options);
    const found = selectiveScanBackward(given, { y: dy! }, dims, options) as unknown as Planes;
    return Object.fromEntries(Object.entries(found).map(([name, plane]) => [`d${name}`, plane]));
  };
  return { run, first: run() };
}

/** A batch at a time, always the same; the parameters move from one to the next. */
export function trainingCall(problem: Problem, planes: Planes): LayerCall {
  const { batch, length } = problem;
  const model = fill(classifierOf(problem), planes);
  const parameters = model.parameters();
  const labels = Int32Array.from(planes["labels"]!);
  const u: Tensor = { dims: [batch, length, 1], data: planes["u"]! };
  const optimiser = new train.AdamW({ groups: train.systemGroups(0.25) });
  const training = { random: { uniform: () => 0, normal: () => 0, truncatedNormal: () => 0 } };
  const compute = (variables: grad.Named<grad.Variable>): grad.Loss<grad.Variable> => {
    const logits = grad.forward(model, variables, u, { training });
    return { loss: grad.crossEntropy(logits, labels), extra: logits };
  };
  const step = grad.valueAndGrad(compute, { reuse: true });
  const run = (): grad.Variable => {
    const { gradients, extra } = step(parameters);
    optimiser.step(parameters, gradients);
    return extra;
  };
  return { run, first: { logits: run().data } };
}
