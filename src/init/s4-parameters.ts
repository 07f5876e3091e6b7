// Initial parameters of S4 and S4D by the reference's names, in float64.
import type { Complex, Tensor } from "../arrays.js";
import type { Random } from "../random.js";
import { stored, type TransformName, transforms } from "./positive.js";
import type { DiagonalInit, DplrInit } from "./s4.js";

/** What the initial parameters depend on. */
export interface S4Shape {
  dModel: number;
  dState: number;
  channels: number;
  nSsm: number;
  dtMin: number;
  dtMax: number;
  dtTie: boolean;
  dtTransform: TransformName;
  realTransform: TransformName;
  imagTransform: TransformName;
  bidirectional: boolean;
  finalAct: string;
  /** Of S4D alone: all states are real. */
  isReal?: boolean;
}

type Weights = Tensor<Float64Array>;

/** The parameters by the names of state-spaces/s4 `S4Block`, every copy of (A, B) starting from `init`. */
export function s4Parameters(shape: S4Shape, init: DiagonalInit | DplrInit, random: Random): Record<string, Weights> {
  const { dModel, dState, channels, nSsm, dtMin, dtMax, dtTie, bidirectional, isReal = false } = shape;
  const states = isReal ? dState : dState / 2;
  const tensor = (dims: number[], of: (i: number) => number): Weights => ({
    dims,
    data: Float64Array.from({ length: dims.reduce((product, axis) => product * axis, 1) }, (_, i) => of(i)),
  });
  const log = [Math.log(dtMin), Math.log(dtMax)] as const;
  const step = (): number => Math.exp(log[0] + (log[1] - log[0]) * random.uniform());
  const heads = bidirectional ? 2 * channels : channels;
  const outputs = shape.finalAct === "glu" ? 2 * dModel : dModel;
  const bound = 1 / Math.sqrt(channels * dModel);
  const low: Record<string, Weights> = "P" in init ? { "layer.kernel.P": pairs(init.P, nSsm, states), "layer.kernel.l_kernel": { dims: [], data: new Float64Array(1) } } : {};
  return {
    "layer.D": tensor([channels, dModel], random.normal),
    // The reference takes the logarithm for "exp" as it is, others with their least value.
    "layer.kernel.inv_dt": tensor([dModel, dtTie ? 1 : states], () =>
      shape.dtTransform === "exp" ? transforms.exp.inverse(step()) : stored("dtTransform", shape.dtTransform, step()),
    ),
    "layer.kernel.C": tensor([heads, dModel, states, ...(isReal ? [] : [2])], () => random.normal() * Math.SQRT1_2),
    "layer.kernel.B": isReal ? tensor([1, nSsm, states], (i) => init.B.re[i % states]!) : pairs(init.B, nSsm, states),
    "layer.kernel.A_real": tensor([nSsm, states], (i) => stored("realTransform", shape.realTransform, -init.A.re[i % states]!)),
    ...(!isReal && { "layer.kernel.A_imag": tensor([nSsm, states], (i) => stored("imagTransform", shape.imagTransform, -init.A.im[i % states]!)) }),
    ...low,
    "output_linear.0.weight": tensor([outputs, channels * dModel], () => bound * (2 * random.uniform() - 1)),
    "output_linear.0.bias": tensor([outputs], () => bound * (2 * random.uniform() - 1)),
  };
}

/** Rows of complex numbers, each once for every copy: [rows, copies, states, 2]. */
function pairs({ re, im }: Complex<Float64Array>, copies: number, states: number): Weights {
  const rows = re.length / Math.max(states, 1);
  const data = new Float64Array(rows * copies * states * 2);
  for (let at = 0; at < data.length / 2; at++) {
    const from = Math.floor(at / (copies * states)) * states + (at % states);
    data[2 * at] = re[from]!;
    data[2 * at + 1] = im[from]!;
  }
  return { dims: [rows, copies, states, 2], data };
}
