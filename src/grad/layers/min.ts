// minGRU and minLSTM on variables.
import type { MinGruOptions } from "../../layers/min-gru.js";
import { add, affine, divide, multiply } from "../ops/arithmetic.js";
import { relu, sigmoid } from "../ops/elementwise.js";
import { matmul } from "../ops/matmul.js";
import { linearScan } from "../ops/scans.js";
import { slice } from "../ops/shape.js";
import type { Operand, Variable } from "../tape.js";
import type { Trace, TraceOptions } from "./trace.js";

const transposed = { transposed: true };

export const minGru: Trace<Required<MinGruOptions>> = (_, own, u, how) => {
  const [v, z] = parts(matmul(u, own["to_hidden_and_gate.weight"]!, transposed), 2) as [Variable, Variable];
  return readOut(own, sigmoid(affine(z, -1)), multiply(sigmoid(z), positive(v)), how);
};

export const minLstm: Trace<Required<MinGruOptions>> = (_, own, u, how) => {
  const [v, f, i] = parts(matmul(u, own["to_hidden_and_f_i_gate.weight"]!, transposed), 3) as [Variable, Variable, Variable];
  const [forget, input] = [sigmoid(f), sigmoid(i)];
  const sum = add(forget, input);
  return readOut(own, divide(forget, sum), multiply(divide(input, sum), positive(v)), how);
};

function parts(x: Variable, count: number): Variable[] {
  const size = x.dims.at(-1)! / count;
  return Array.from({ length: count }, (_, k) => slice(x, k * size, (k + 1) * size));
}

/** x + 1/2 where x >= 0, else sigmoid(x): the one is relu(x) + 1/2 + (sigmoid(-relu(-x)) - 1/2). */
function positive(x: Operand): Variable {
  return add(relu(x), sigmoid(affine(relu(affine(x, -1)), -1)));
}

function readOut(own: Readonly<Record<string, Operand>>, a: Variable, b: Variable, { reset }: TraceOptions): Variable {
  const h = linearScan({ a, b }, reset && { reset });
  const out = own["to_out.weight"];
  return out === undefined ? h : matmul(h, out, transposed);
}
