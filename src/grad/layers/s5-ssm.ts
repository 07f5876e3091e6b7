// S5 on variables.
import { beginsAsEnds } from "../../layers/backward.js";
import type { S5SsmOptions } from "../../layers/s5-ssm.js";
import { add, affine } from "../ops/arithmetic.js";
import { diagonalSsm, type DiagonalSsmInputs } from "../ops/diagonal-ssm.js";
import { discretize } from "../ops/discretize.js";
import { relu } from "../ops/elementwise.js";
import type { Operand, Variable } from "../tape.js";
import type { Trace } from "./trace.js";

export const s5Ssm: Trace<Required<S5SsmOptions>> = (options, own, u, { reset, lengths }) => {
  const { discretization, stepRescale, conjSym, clipEigs, bidirectional } = options;
  const states = own["Lambda_re"]!.data.length;
  const re = clipEigs ? clipped(own["Lambda_re"]!) : own["Lambda_re"]!;
  const { a, gain } = discretize({ re, im: own["Lambda_im"]! }, own["log_step"]!, { discretization, rescale: stepRescale });
  const { B, C, C1, C2, D } = own as Record<string, Operand>;
  const system = { u, a, gain, B: B! };
  const scale = conjSym ? 2 : 1;
  const run = (inputs: Pick<DiagonalSsmInputs, "C" | "D">, how: object): Variable => diagonalSsm({ ...system, ...inputs }, { scale, ...(lengths && { lengths }), ...how });
  const y = run({ C: C1 ?? C!, D: D! }, reset === undefined ? {} : { reset });
  if (!bidirectional) return y;
  const [batch, length] = u.dims as [number, number];
  const marks = reset && { reset: beginsAsEnds(reset, batch, length) };
  return add(y, run({ C: C2 ?? C! }, { reverse: true, first: C2 === undefined ? states : 0, ...marks }));
};

/** min(x, -1e-4). */
const clipped = (x: Operand): Variable => affine(relu(affine(x, -1, -1e-4)), -1, -1e-4);
