// The dense linear RNN on variables.
import type { LinearRnnOptions } from "../../layers/linear-rnn.js";
import { add, multiply } from "../ops/arithmetic.js";
import { matmul } from "../ops/matmul.js";
import { matrixScan } from "../ops/scans.js";
import type { Trace } from "./trace.js";

export const linearRnn: Trace<Required<LinearRnnOptions>> = (_, own, u, { reset }) => {
  const transposed = { transposed: true };
  const h = matrixScan({ A: own["A"]!, b: matmul(u, own["B"]!, transposed) }, reset && { reset });
  return add(matmul(h, own["C"]!, transposed), multiply(u, own["D"]!));
};
