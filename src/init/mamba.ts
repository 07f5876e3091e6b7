// Initial parameters of Mamba and Mamba-2, in float64.
import type { Tensor } from "../arrays.js";
import type { Random } from "../random.js";
import { transforms } from "./positive.js";

/** A parameter's shape, and its elements in the order they are drawn in. */
export interface Initial {
  dims: readonly number[];
  value(i: number): number;
}

type Initials = Record<string, Initial>;

/** What the initial step sizes depend on. */
export interface StepRange {
  dtMin: number;
  dtMax: number;
  dtInitFloor: number;
}

/** What those of Mamba depend on. */
export interface MambaShape extends StepRange {
  dModel: number;
  /** Channels. */
  inner: number;
  dState: number;
  dConv: number;
  dtRank: number;
  dtInit: "random" | "constant";
  dtScale: number;
  convBias: boolean;
  bias: boolean;
}

/** What those of Mamba-2 depend on. */
export interface Mamba2Shape extends StepRange {
  dModel: number;
  inner: number;
  dSsm: number;
  dState: number;
  ngroups: number;
  headdim: number;
  dConv: number;
  convInit: number;
  AInitRange: readonly [number, number];
  DHasHdim: boolean;
  rmsnorm: boolean;
  convBias: boolean;
  bias: boolean;
}

/** The tensors themselves. */
export function drawn(initials: Readonly<Initials>): Record<string, Tensor<Float64Array>> {
  const entries = Object.entries(initials).map(([name, { dims, value }]) => {
    const length = dims.reduce((product, axis) => product * axis, 1);
    return [name, { dims, data: Float64Array.from({ length }, (_, i) => value(i)) }] as const;
  });
  return Object.fromEntries(entries);
}

/** Uniform in `[-bound, bound)`. */
export function spread(dims: readonly number[], bound: number, random: Random): Initial {
  return { dims, value: () => bound * (2 * random.uniform() - 1) };
}

/** Normal, with mean 0. */
export function normal(dims: readonly number[], deviation: number, random: Random): Initial {
  return { dims, value: () => deviation * random.normal() };
}

export const ones = (dims: readonly number[]): Initial => ({ dims, value: () => 1 });

/** Those of Mamba by the names that state-spaces/mamba and transformers have for them. */
export function mambaParameters(shape: MambaShape, random: Random): Initials {
  const { dModel, inner, dState, dConv, dtRank, dtInit, dtScale, convBias, bias } = shape;
  const bound = dtScale / Math.sqrt(dtRank);
  return {
    ...linear("in_proj", 2 * inner, dModel, bias, random),
    ...convolution(inner, dConv, 1 / Math.sqrt(dConv), convBias, random),
    ...linear("x_proj", dtRank + 2 * dState, inner, false, random),
    "dt_proj.weight": dtInit === "random" ? spread([inner, dtRank], bound, random) : { dims: [inner, dtRank], value: () => bound },
    "dt_proj.bias": storedSteps(inner, shape, random),
    A_log: { dims: [inner, dState], value: (i) => Math.log(1 + (i % dState)) },
    D: ones([inner]),
    ...linear("out_proj", dModel, inner, bias, random),
  };
}

/** Those of Mamba-2. */
export function mamba2Parameters(shape: Mamba2Shape, random: Random): Initials {
  const { dModel, inner, dSsm, dState, ngroups, headdim, dConv, convInit, AInitRange, DHasHdim, rmsnorm, convBias, bias } = shape;
  const heads = dSsm / headdim;
  const convolved = dSsm + 2 * ngroups * dState;
  const [least, most] = AInitRange;
  return {
    ...linear("in_proj", 2 * inner + 2 * ngroups * dState + heads, dModel, bias, random),
    ...convolution(convolved, dConv, convInit, convBias, random),
    dt_bias: storedSteps(heads, shape, random),
    A_log: { dims: [heads], value: () => Math.log(least + (most - least) * random.uniform()) },
    D: ones([DHasHdim ? dSsm : heads]),
    ...(rmsnorm && { "norm.weight": ones([dSsm]) }),
    ...linear("out_proj", dModel, inner, bias, random),
  };
}

/** A dense layer as torch starts it. */
function linear(name: string, outputs: number, inputs: number, bias: boolean, random: Random): Initials {
  const bound = 1 / Math.sqrt(inputs);
  return { [`${name}.weight`]: spread([outputs, inputs], bound, random), ...(bias && { [`${name}.bias`]: spread([outputs], bound, random) }) };
}

/** A depthwise convolution, whose bias is torch's whatever the weights are. */
function convolution(channels: number, width: number, bound: number, bias: boolean, random: Random): Initials {
  const weight = spread([channels, 1, width], bound, random);
  return { "conv1d.weight": weight, ...(bias && { "conv1d.bias": spread([channels], 1 / Math.sqrt(width), random) }) };
}

/** What softplus makes step sizes of, which are even in their logarithms. */
function storedSteps(length: number, { dtMin, dtMax, dtInitFloor }: StepRange, random: Random): Initial {
  const [least, most] = [Math.log(dtMin), Math.log(dtMax)];
  return { dims: [length], value: () => transforms.softplus.inverse(Math.max(Math.exp(least + (most - least) * random.uniform()), dtInitFloor)) };
}
