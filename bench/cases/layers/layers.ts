// Layers, what they are made of and models as operators of the bench: what they are given, and what is right.
import type { Planes, Real } from "../inputs.js";
import { linearGradient } from "../gradients/linear.js";
import { selectiveGradient } from "../gradients/selective.js";
import { s5Training } from "../gradients/training.js";
import { mambaDecode, mambaPrefill } from "../mamba/model.js";
import { selective } from "../mamba/selective.js";
import { ssd } from "../mamba/ssd.js";
import type { Problem, Size } from "../problem.js";
import { s4Kernel, s4d, s4dKernel } from "./s4.js";
import { s5, s5Step } from "./s5.js";

/** A layer with its parameters as planes, by their own names; `u`, where there is one, is the input. */
export interface LayerCase {
  size: (problem: Problem) => Size;
  /** Of the input, as names have it; [length, channels] if left out. */
  shape?: (problem: Problem) => readonly number[];
  /** The largest error of float32; 1e-4 if left out. */
  bound?: number;
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
  /** Mamba's scan with softplus, bias, skip and gate; B and C of one group. */
  selective,
  /** Mamba-2's recurrence on step sizes as they are; channels are heads of 64, B and C of one group. */
  ssd,
  /** A Mamba of 130 million weights: a whole prompt, of which the last logits are wanted, and one token after others. */
  "mamba-prefill": mambaPrefill,
  "mamba-decode": mambaDecode,
  /** Scans and their backward passes. */
  "linear-gradient": linearGradient,
  "selective-gradient": selectiveGradient,
  /** A step of training: forward, backward, AdamW; channels are features, n states of both of each conjugate pair. */
  "s5-training": s5Training,
} satisfies Record<string, LayerCase>;

export type LayerOperator = keyof typeof layers;

/** What is known of an operator. */
export const layerCase = (operator: LayerOperator): LayerCase => layers[operator];

export function isLayer(operator: string): operator is LayerOperator {
  return Object.hasOwn(layers, operator);
}
