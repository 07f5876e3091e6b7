// Layers as operators of the bench: what they are given, and what is right.
import type { Planes, Real } from "../inputs.js";
import type { Problem, Size } from "../problem.js";
import { s4Kernel, s4d, s4dKernel } from "./s4.js";
import { s5, s5Step } from "./s5.js";

/** A layer with its parameters as planes, by their own names; `u`, where there is one, is the input. */
export interface LayerCase {
  size: (problem: Problem) => Size;
  /** `u` [length, channels] is seeded noise. */
  inputs: (problem: Problem, u: Real) => Planes;
  truth: (problem: Problem, planes: Planes) => Planes<Float64Array>;
}

export const layers = {
  /** The convolution kernel of an S4, made anew. */
  "s4-kernel": s4Kernel,
  "s4d-kernel": s4dKernel,
  /** An S4D of one mixing matrix and no activation, by its scan. */
  s4d,
  "s4d-convolution": s4d,
  s5,
  /** One step of four layers, each a norm, an S5, a GELU and the way round them. */
  "s5-step": s5Step,
} satisfies Record<string, LayerCase>;

export type LayerOperator = keyof typeof layers;

export function isLayer(operator: string): operator is LayerOperator {
  return Object.hasOwn(layers, operator);
}
