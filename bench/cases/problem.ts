// What is computed: an operator at a shape, as every contestant is told of it.
import { isLayer, layerCase, type LayerOperator } from "./layers/layers.js";

/** "ssm" is one time-invariant diagonal SSM with one input and one output, for the classic comparison. */
export type ScanOperator = "linear" | "complex" | "matrix" | "ssm";

export type Operator = ScanOperator | LayerOperator;

/** A problem in the words of the protocol; README.md says what the arrays are called. */
export interface Problem {
  operator: Operator;
  batch: number;
  length: number;
  /** Of "linear" and "complex"; "ssm" has one. Features of a layer. */
  channels?: number;
  /** Elements of a state of "matrix", complex states of "ssm"; of a layer both states of each conjugate pair, or those of a channel. */
  n?: number;
  dtype: "float32" | "float64";
  /** Whether `a` is [batch, length, channels] or [channels]. */
  gates: "full" | "channels";
  reverse: boolean;
  /** What matrices of a model are kept in; float32 if left out. */
  weights?: "bfloat16";
}

/** Sizes of a problem. */
export interface Size {
  /** Elements of the result; planes of complex numbers count once. */
  elements: number;
  /** Of the arrays that have to be read and written once. */
  bytes: number;
  /** Multiplications and additions of the recurrence. */
  operations: number;
}

export function sizeOf(problem: Problem): Size {
  const { operator, batch, length, gates, dtype } = problem;
  if (isLayer(operator)) return layerCase(operator).size(problem);
  const channels = channelsOf(problem);
  const n = problem.n ?? 1;
  const width = dtype === "float32" ? 4 : 8;
  const elements = batch * length * channels;
  const gate = gates === "full" ? elements : channels;
  switch (operator) {
    case "linear":
      return { elements, bytes: width * (2 * elements + gate), operations: 2 * elements };
    case "complex":
      return { elements, bytes: 2 * width * (2 * elements + gate), operations: 8 * elements };
    case "matrix":
      return { elements, bytes: width * (2 * elements + n * elements), operations: 2 * n * elements };
    case "ssm":
      return { elements: length, bytes: width * (2 * length + 6 * n), operations: 14 * n * length };
  }
}

/** Elements of a row of the result. */
export function channelsOf({ operator, channels = 1, n = 1 }: Problem): number {
  return operator === "matrix" ? n : channels;
}

/** Such as "linear [8, 2048, 512] float64 reverse"; the shape is that of `a`, of "ssm" and of layers that of the input. */
export function nameOf(problem: Problem): string {
  const { operator, batch, length, channels = 1, n = 1, dtype, gates, reverse, weights } = problem;
  if (isLayer(operator)) {
    const shape = layerCase(operator).shape?.(problem) ?? [length, channels];
    return [`${operator} [${shape.join(", ")}]`, `${n} states`, ...(weights ? [weights] : [])].join(" ");
  }
  const shapes = {
    linear: [batch, length, channels],
    complex: [batch, length, channels],
    matrix: [batch, length, n, n],
    ssm: [length],
  };
  const words = [
    ...[operator, `[${shapes[operator].join(", ")}]`],
    ...(operator === "ssm" ? [`${n} states`] : []),
    ...(dtype === "float64" ? ["float64"] : []),
    ...(gates === "channels" ? ["gates by channel"] : []),
    ...(reverse ? ["reverse"] : []),
  ];
  return words.join(" ");
}
