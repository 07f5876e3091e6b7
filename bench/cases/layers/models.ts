// The layers of the bench, and their parameters as planes.
import { S4, S4D, S5Layer, S5Ssm, type Tensor } from "ssm-scan";
import type { Planes, Real } from "../inputs.js";
import type { Problem } from "../problem.js";

/** Layers of a step. */
export const DEPTH = 4;

/** Steps of S4 at which every kernel has faded long before the shortest of the bench: C and the readout of a cut kernel are one. */
const dt = { dtMin: 0.01, dtMax: 0.1 } as const;

export const s4Of = ({ channels: dModel = 1, n: dState = 1 }: Problem): S4 => new S4({ dModel, dState, ...dt });

export const s4dOf = ({ channels: dModel = 1, n: dState = 1 }: Problem): S4D =>
  new S4D({ dModel, dState, ...dt, activation: "identity", finalAct: "identity" });

export const s5Of = ({ channels: dModel = 1, n: ssmSize = 1 }: Problem): S5Ssm => new S5Ssm({ dModel, ssmSize });

export const s5LayersOf = ({ channels: dModel = 1, n: ssmSize = 1 }: Problem): S5Layer[] =>
  Array.from({ length: DEPTH }, (_, seed) => new S5Layer({ dModel, ssmSize, seed, prenorm: true }));

interface WithParameters {
  parameters: () => Record<string, Tensor>;
}

/** The parameters of a layer as planes, with `prefix` before their names. */
export function planesOf(layer: WithParameters, prefix = ""): Record<string, Real> {
  return Object.fromEntries(Object.entries(layer.parameters()).map(([name, { data }]) => [prefix + name, data.slice()]));
}

/** Puts planes into a layer. */
export function fill<T extends WithParameters>(layer: T, planes: Planes, prefix = ""): T {
  for (const [name, { data }] of Object.entries(layer.parameters())) data.set(planes[prefix + name]!);
  return layer;
}
