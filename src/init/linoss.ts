// Initial parameters of LinOSS, in float64.
import type { Tensor } from "../arrays.js";
import type { Random } from "../random.js";

/** What the initial parameters depend on. */
export interface LinOssShape {
  dModel: number;
  stateDim: number;
  damping: boolean;
  rMin: number;
  thetaMax: number;
}

/**
 * The parameters by the reference's names (discretax `LinOSSSequenceMixer`): A_diag, steps, B, C, D and, where there is
 * damping, G_diag. With damping the eigenvalues of a step are spread over a ring: radii between rMin and 1, uniform in
 * the area, angles in [0, thetaMax).
 */
export function linossParameters({ dModel, stateDim, damping, rMin, thetaMax }: LinOssShape, random: Random): Record<string, Tensor<Float64Array>> {
  const vector = (make: (p: number) => number) => ({ dims: [stateDim], data: Float64Array.from({ length: stateDim }, (_, p) => make(p)) });
  const weights = (dims: number[], bound: number) => {
    const length = dims.reduce((product, axis) => product * axis, 1);
    return { dims, data: Float64Array.from({ length }, () => bound * (2 * random.uniform() - 1)) };
  };
  const steps = vector(() => 0.5 * random.normal());
  const dt = (p: number) => 1 / (1 + Math.exp(-steps.data[p]!));
  const squares = vector(() => random.uniform() * (1 - rMin ** 2) + rMin ** 2).data;
  const spread = {
    // A step shrinks by 1 / sqrt(1 + dt G), so G makes the radius.
    G_diag: vector((p) => (1 - squares[p]!) / (dt(p) * squares[p]!)),
    A_diag: vector((p) => stiffness(random.uniform() * thetaMax, squares[p]!, dt(p))),
  };
  return {
    ...(damping ? spread : { A_diag: vector(() => random.uniform()) }),
    steps,
    B: weights([stateDim, dModel, 2], 1 / Math.sqrt(dModel)),
    C: weights([dModel, stateDim, 2], 1 / Math.sqrt(stateDim)),
    D: { dims: [dModel], data: Float64Array.from({ length: dModel }, random.normal) },
  };
}

/**
 * The stiffness with which the eigenvalues of a damped step have the angle `theta` and the radius `sqrt(square)`:
 * half their sum, `(1 + square - dt^2 A square) / 2`, is `sqrt(square) cos(theta)`.
 */
function stiffness(theta: number, square: number, dt: number): number {
  return (1 + square - 2 * Math.sqrt(square) * Math.cos(theta)) / (dt * dt * square);
}
