// A Mamba language model of 24 layers with random weights, for prompts and for single tokens.
import type { Planes, Real } from "../inputs.js";
import type { LayerCase } from "../layers/layers.js";
import { between, type Fill, filled } from "../noise.js";
import type { Problem, Size } from "../problem.js";
import { logitsAfter } from "./model-truth.js";
import { stepBias } from "./selective.js";

export const VOCABULARY = 50_280;
export const MODEL_DEPTH = 24;
export const CONV_WIDTH = 4;

/**
 * Tokens of a prompt after which logits are judged: the definition in float64 takes a minute for 512. That a prompt may be
 * cut anywhere the tests of the package hold.
 */
export const JUDGED = 8;

/** A parameter by transformers' name. */
interface Parameter {
  name: string;
  dims: readonly number[];
  fill: Fill;
  /** Whether rows are multiplied with it. */
  isMatrix: boolean;
}

/** Channels within a layer, and the rank of its step sizes. */
export const widthsOf = ({ channels = 1 }: Problem): { inner: number; rank: number } => ({ inner: 2 * channels, rank: Math.ceil(channels / 16) });

/** In the order of the computation. */
export function parametersOf(problem: Problem): Parameter[] {
  const { channels = 1, n = 1 } = problem;
  const { inner, rank } = widthsOf(problem);
  const matrix = (name: string, rows: number, columns: number, most = 1 / Math.sqrt(columns)): Parameter => ({ name, dims: [rows, columns], fill: rounded(between(-most, most)), isMatrix: true });
  const other = (name: string, dims: readonly number[], fill: Fill): Parameter => ({ name, dims, fill, isMatrix: false });
  const layer = (prefix: string): Parameter[] => [
    other(`${prefix}.norm.weight`, [channels], between(0.9, 1.1)),
    matrix(`${prefix}.mixer.in_proj.weight`, 2 * inner, channels),
    other(`${prefix}.mixer.conv1d.weight`, [inner, 1, CONV_WIDTH], between(-0.5, 0.5)),
    other(`${prefix}.mixer.conv1d.bias`, [inner], between(-0.1, 0.1)),
    matrix(`${prefix}.mixer.x_proj.weight`, rank + 2 * n, inner),
    matrix(`${prefix}.mixer.dt_proj.weight`, inner, rank),
    other(`${prefix}.mixer.dt_proj.bias`, [inner], stepBias),
    other(`${prefix}.mixer.A_log`, [inner, n], (_, i) => Math.log(1 + (i % n))),
    other(`${prefix}.mixer.D`, [inner], between(0.5, 1.5)),
    matrix(`${prefix}.mixer.out_proj.weight`, channels, inner),
  ];
  return [
    matrix("backbone.embeddings.weight", VOCABULARY, channels, 0.04),
    ...Array.from({ length: MODEL_DEPTH }, (_, i) => layer(`backbone.layers.${i}`)).flat(),
    other("backbone.norm_f.weight", [channels], between(0.9, 1.1)),
  ];
}

/** Numbers that bfloat16 has, so that a model is the same in either format. */
function rounded(fill: Fill): Fill {
  const number = new Float32Array(1);
  const bits = new Uint32Array(number.buffer);
  return (next, i) => {
    number[0] = fill(next, i);
    bits[0]! &= 0xffff0000;
    return number[0]!;
  };
}

/** Bytes are those of the weights. */
function size(problem: Problem): Size {
  const { length, channels = 1 } = problem;
  const width = problem.weights === "bfloat16" ? 2 : 4;
  let [bytes, products] = [0, VOCABULARY * channels];
  for (const { name, dims, isMatrix } of parametersOf(problem)) {
    const count = product(dims);
    bytes += count * (isMatrix ? width : 4);
    if (isMatrix && !name.endsWith("embeddings.weight")) products += length * count;
  }
  return { elements: length * channels, bytes, operations: 2 * products };
}

/** The parameters, and `ids` [length], whole numbers. */
function inputs(problem: Problem): Planes {
  const planes = parametersOf(problem).map(({ name, dims, fill }, i): [string, Real] => [name, filled(problem, i + 1, product(dims), fill)]);
  const ids = filled(problem, 0, problem.length, (next) => Math.floor(VOCABULARY * next()));
  return { ...Object.fromEntries(planes), ids };
}

const product = (dims: readonly number[]): number => dims.reduce((all, axis) => all * axis, 1);

/** Logits [vocabulary] after the first {@link JUDGED} tokens. */
export const mambaPrefill: LayerCase = {
  size,
  inputs,
  truth: (problem, planes) => ({ logits: logitsAfter(problem, planes, [...planes["ids"]!.subarray(0, JUDGED)]) }),
};

/** Logits [vocabulary] of the second step of two with the same token. */
export const mambaDecode: LayerCase = {
  size,
  inputs,
  truth: (problem, planes) => ({ logits: logitsAfter(problem, planes, [planes["ids"]![0]!, planes["ids"]![0]!]) }),
};
