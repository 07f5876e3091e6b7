// What layers do to rows of features: products with weights, activations, normalisation.
import type { Input } from "../arrays.js";
import { type Engine, flag, type Words } from "../backend/backend.js";

/** Sizes of a product with weights; of `total` outputs, `outputs` are computed, from `first` on. */
export interface DenseShape {
  rows: number;
  inputs: number;
  outputs: number;
  total?: number;
  first?: number;
  /** Whether the weight is [inputs, total], as flax stores it, and not [total, inputs], as torch does. */
  transposed?: boolean;
}

/** Weights kept in 16 bits, which the kernel widens: the upper halves of float32, or IEEE 754 halves that are all finite. */
export interface ShortWeight {
  readonly format: "bfloat16" | "float16";
  readonly words: Words;
}

/** A matrix of weights as the kernel takes it. */
export type Weight = Input | ShortWeight;

/** Numbers of formats, as in `crates/core/src/dense`; 0 are the numbers themselves. */
const formats: Readonly<Record<ShortWeight["format"], number>> = { bfloat16: 1, float16: 2 };

/** `y = x W^T + bias`; x: [rows, inputs], y: [rows, outputs]. */
export function dense(engine: Engine, shape: DenseShape, { x, weight, bias }: { x: Input; weight: Weight; bias?: Input | undefined }, y: Input): void {
  const { rows, inputs, outputs, total = outputs, first = 0, transposed = false } = shape;
  const [format, kept] = "format" in weight ? [formats[weight.format], weight.words] : [0, weight];
  engine.call("dense", [rows, inputs, outputs, total, first, transposed ? flag.transposed : 0, format], { x, weight: kept, bias }, { y });
}

/** Numbers of functions and of their derivatives, as in `crates/core/src/pointwise`. */
const functions = {
  identity: 0,
  gelu: 1,
  geluErf: 2,
  silu: 3,
  sigmoid: 4,
  tanh: 5,
  relu: 6,
  geluSlope: 7,
  geluErfSlope: 8,
  siluSlope: 9,
  sigmoidSlope: 10,
  tanhSlope: 11,
  reluSlope: 12,
  reciprocal: 13,
  reciprocalSlope: 14,
  exp: 15,
  softplus: 16,
} as const;

export type FunctionName = keyof typeof functions;

/** `y = f(x) times + plus`, element by element; `times` and `plus` are as long as x, or a row that serves every row of x. */
export function pointwise(engine: Engine, name: FunctionName, { x, times, plus }: { x: Input; times?: Input | undefined; plus?: Input | undefined }, y: Input): void {
  engine.call("pointwise", [functions[name]], { x, times, plus }, { y });
}

/** How rows are normalised: by their own mean and variance, by their mean square, or by statistics of features. */
export type NormKind = "layer" | "rms" | "batch";

/** Normalises rows of `width`; the arrays but x and y are [width]. */
export function norm(
  engine: Engine,
  { kind, rows, width, epsilon }: { kind: NormKind; rows: number; width: number; epsilon: number },
  { x, scale, bias, mean, var: variance }: { x: Input; scale?: Input | undefined; bias?: Input | undefined; mean?: Input | undefined; var?: Input | undefined },
  y: Input,
): void {
  engine.call("norm", [rows, width, epsilon, kind === "rms" ? flag.rms : 0], { x, scale, bias, mean, var: variance }, { y });
}

/** Normalises rows of `width` in `groups` parts by their mean squares, times silu(z) before or after that; x, z, y: [rows, width], scale: [width]. */
export function gatedNorm(
  engine: Engine,
  { rows, width, groups, epsilon, normFirst }: { rows: number; width: number; groups: number; epsilon: number; normFirst: boolean },
  { x, z, scale }: { x: Input; z: Input; scale: Input },
  y: Input,
): void {
  engine.call("gatedNorm", [rows, width, groups, epsilon, normFirst ? 1 : 0], { x, z, scale }, { y });
}
