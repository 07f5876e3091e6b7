// A layer's or a model's problem as calls of the package.
import type { Real } from "ssm-scan";
import type { Planes } from "../cases/inputs.js";
import type { LayerOperator } from "../cases/layers/layers.js";
import { fill, s4dOf, s4Of, s5LayersOf, s5Of } from "../cases/layers/models.js";
import type { Problem } from "../cases/problem.js";
import { linearGradientCall, selectiveGradientCall, trainingCall } from "./package-gradient.js";
import { modelCall } from "./package-model.js";

/** What is timed, and what its first run gave. */
export interface LayerCall {
  run: () => void;
  first: Planes;
}

/** On the backend in use, where the parameters are kept as well. */
export async function layerCall(operator: LayerOperator, problem: Problem, planes: Planes): Promise<LayerCall> {
  switch (operator) {
    case "s4-kernel":
      return kernel(fill(s4Of(problem), planes), problem.length);
    case "s4d-kernel":
      return kernel(fill(s4dOf(problem), planes), problem.length);
    case "s4d":
      return forward(fill(s4dOf(problem), planes), problem, planes["u"]!, { mode: "scan" });
    case "s4d-convolution":
      return forward(fill(s4dOf(problem), planes), problem, planes["u"]!, { mode: "convolution" });
    case "s5":
      return forward(fill(s5Of(problem), planes), problem, planes["u"]!, {});
    case "s5-step":
      return steps(problem, planes);
    case "mamba-prefill":
    case "mamba-decode":
      return modelCall(operator, problem, planes);
    case "linear-gradient":
      return linearGradientCall(problem, planes);
    case "selective-gradient":
      return selectiveGradientCall(problem, planes);
    case "s5-training":
      return trainingCall(problem, planes);
    default:
      throw new Error(`${operator} is no layer`);
  }
}

/** What was computed for the parameters of the call before is of no use: a step is another each time. */
function kernel(layer: ReturnType<typeof s4Of> | ReturnType<typeof s4dOf>, length: number): LayerCall {
  const first = { kernel: layer.kernel(length) };
  const steps = (): Real => layer.parameters()["layer.kernel.inv_dt"]!.data;
  const logarithm = steps()[0]!;
  let turn = 0;
  const run = (): void => {
    steps()[0] = logarithm + 1e-6 * (turn ^= 1);
    layer.kernel(length);
  };
  run();
  return { run, first };
}

function forward(layer: ReturnType<typeof s5Of> | ReturnType<typeof s4dOf>, { length }: Problem, u: Real, options: { mode?: "scan" | "convolution" }): LayerCall {
  const run = (): { y: Real } => layer.forward(u, { batch: 1, length }, options);
  return { run, first: { y: run().y } };
}

/** From rest, then from wherever the step before has left the states. */
function steps(problem: Problem, planes: Planes): LayerCall {
  const layers = s5LayersOf(problem).map((layer, i) => fill(layer, planes, `layers_${i}.`));
  const states = layers.map((layer) => layer.initialState(1));
  const between = layers.map(() => planes["u"]!.slice());
  const run = (): void => {
    let x = planes["u"]!;
    for (const [i, layer] of layers.entries()) {
      layer.step(x, states[i]!, { out: between[i]! });
      x = between[i]!;
    }
  };
  run();
  return { run, first: { y: between.at(-1)!.slice() } };
}
