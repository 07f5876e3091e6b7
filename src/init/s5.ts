// Initial parameters of S5, in float64.
import type { Complex, Tensor } from "../arrays.js";
import type { Random } from "../random.js";
import { makeDplrHippo } from "./hippo.js";

/** What the initial parameters depend on. */
export interface S5Shape {
  dModel: number;
  ssmSize: number;
  blocks: number;
  CInit: CInit;
  dtMin: number;
  dtMax: number;
  conjSym: boolean;
  bidirectional: boolean;
}

type Weights = Tensor<Float64Array>;

/** How C begins. */
export type CInit = "trunc_standard_normal" | "lecun_normal" | "complex_normal";

/** How the readout begins: the deviation of its elements, and whether they are given in the basis of HiPPO. */
export const readouts: Readonly<Record<CInit, { deviation: (shape: S5Shape) => number; turned: boolean }>> = {
  trunc_standard_normal: { deviation: ({ ssmSize }: S5Shape) => 1 / Math.sqrt(ssmSize), turned: true },
  lecun_normal: { deviation: ({ ssmSize, dModel }: S5Shape) => 1 / Math.sqrt(ssmSize * dModel), turned: true },
  complex_normal: { deviation: () => Math.SQRT1_2, turned: false },
};

/** States that are kept: of each conjugate pair one. */
export function statesOf({ ssmSize, conjSym }: Pick<S5Shape, "ssmSize" | "conjSym">): number {
  return conjSym ? ssmSize / 2 : ssmSize;
}

/** The parameters by the reference's names (lindermanlab/S5 `S5SSM`): Lambda_re, Lambda_im, B, C or C1 and C2, D, log_step. */
export function s5Parameters(shape: S5Shape, random: Random): Record<string, Weights> {
  const { dModel, ssmSize, blocks, dtMin, dtMax, bidirectional } = shape;
  const states = statesOf(shape);
  const block = ssmSize / blocks;
  const { Lambda, V } = makeDplrHippo(block);
  const kept = states / blocks;
  const tiled = (plane: Float64Array) => Float64Array.from({ length: states }, (_, p) => plane[p % kept]!);
  const basis: Basis = { V, block, kept };
  const log = [Math.log(dtMin), Math.log(dtMax)] as const;
  const { turned } = readouts[shape.CInit];
  const readout = (columns: number): Weights => ({ dims: [dModel, columns, 2], data: sampleC(shape, basis, columns, random) });
  const readoutWeights: Record<string, Weights> = !bidirectional
    ? { C: readout(states) }
    : turned
      ? { C1: readout(states), C2: readout(states) }
      : { C: readout(2 * states) };
  return {
    Lambda_re: { dims: [states], data: tiled(Lambda.re) },
    Lambda_im: { dims: [states], data: tiled(Lambda.im) },
    B: { dims: [states, dModel, 2], data: sampleB(shape, basis, random) },
    ...readoutWeights,
    D: { dims: [dModel], data: Float64Array.from({ length: dModel }, random.normal) },
    log_step: { dims: [states, 1], data: Float64Array.from({ length: states }, () => log[0] + (log[1] - log[0]) * random.uniform()) },
  };
}

/** The eigenvectors of a block, and how many of them are kept. */
interface Basis {
  V: Complex<Float64Array>;
  block: number;
  kept: number;
}

/** `V^H B0` for every block, with B0 real: LeCun's normal with the fan-in that the reference has, `ssmSize`. */
function sampleB({ dModel, ssmSize }: S5Shape, { V, block, kept }: Basis, random: Random): Float64Array {
  const real = Float64Array.from({ length: ssmSize * dModel }, () => random.truncatedNormal() / Math.sqrt(ssmSize));
  const states = (ssmSize / block) * kept;
  const B = new Float64Array(states * dModel * 2);
  for (let p = 0; p < states; p++) {
    const first = Math.floor(p / kept) * block;
    for (let i = 0; i < block; i++) {
      const v = i * block + (p % kept);
      for (let h = 0; h < dModel; h++) {
        const x = real[(first + i) * dModel + h]!;
        B[(p * dModel + h) * 2]! += V.re[v]! * x;
        B[(p * dModel + h) * 2 + 1]! -= V.im[v]! * x;
      }
    }
  }
  return B;
}

/** Complex normal numbers, times V where the initialiser gives them in the basis of HiPPO. */
function sampleC(shape: S5Shape, { V, block, kept }: Basis, columns: number, random: Random): Float64Array {
  const { dModel, ssmSize } = shape;
  const { deviation, turned } = readouts[shape.CInit];
  const size = deviation(shape);
  if (!turned) return Float64Array.from({ length: dModel * columns * 2 }, () => size * random.normal());
  const C = new Float64Array(dModel * columns * 2);
  const row = new Float64Array(ssmSize * 2);
  for (let h = 0; h < dModel; h++) {
    for (let i = 0; i < row.length; i++) row[i] = size * random.truncatedNormal();
    for (let p = 0; p < columns; p++) {
      const first = Math.floor(p / kept) * block;
      let [re, im] = [0, 0];
      for (let i = 0; i < block; i++) {
        const [x, y] = [row[(first + i) * 2]!, row[(first + i) * 2 + 1]!];
        const v = i * block + (p % kept);
        re += x * V.re[v]! - y * V.im[v]!;
        im += x * V.im[v]! + y * V.re[v]!;
      }
      C[(h * columns + p) * 2] = re;
      C[(h * columns + p) * 2 + 1] = im;
    }
  }
  return C;
}
