// Products of rows with matrices.
import type { Real } from "../../arrays.js";
import { flag } from "../../backend/backend.js";
import { engine } from "../../backend/current.js";
import { ScanError } from "../../error.js";
import { dense } from "../../layers/rows.js";
import { blank } from "../../workspace.js";
import { checkShape, rowsOf, shapeOf, widthOf } from "../shapes.js";
import { commonDtype, counts, type Operand, tapeOf, type Variable } from "../tape.js";
import { columnSums, matrixProduct } from "./kernels.js";

/** How a {@link matmul} reads its matrix. */
export interface MatmulOptions {
  /** Whether the matrix is [columns, inner], as torch stores weights; false. */
  transposed?: boolean;
}

/** x w: every row of x [..., inner] times the matrix w [inner, columns]; [..., columns]. */
export function matmul(x: Operand, w: Operand, { transposed = false }: MatmulOptions = {}): Variable {
  return product("matmul", x, w, undefined, transposed);
}

/** x w^T + b, as torch has it: w [outputs, inputs], b [outputs]; with `transposed` false x w + b, as flax has it. */
export function linear(x: Operand, w: Operand, b?: Operand, { transposed = true }: MatmulOptions = {}): Variable {
  return product("linear", x, w, b, transposed);
}

function product(name: string, x: Operand, w: Operand, b: Operand | undefined, transposed: boolean): Variable {
  const operands = b === undefined ? [x, w] : [x, w, b];
  const dtype = commonDtype(name, operands);
  const [rows, inner] = [rowsOf(x), widthOf(x)];
  const [first, second] = w.dims as [number, number];
  const [own, columns] = transposed ? [second, first] : [first, second];
  if (w.dims.length !== 2 || own !== inner) {
    throw new ScanError("shape", `${name}: rows of ${inner} elements do not fit \`w\` ${shapeOf(w.dims)}${transposed ? ", transposed" : ""}`);
  }
  if (b !== undefined) checkShape(name, "b", b, [columns]);
  const y = blank(dtype, rows * columns);
  // The layers' flag means the other order: that weights are as flax stores them.
  dense(engine(), { rows, inputs: inner, outputs: columns, transposed: !transposed }, { x: x.data, weight: w.data, bias: b?.data }, y);
  return tapeOf(operands).record(operands, [...x.dims.slice(0, -1), columns], y, (gradient) => {
    const dx = (): Real => matrixProduct([rows, columns, inner], gradient, w.data, transposed ? 0 : flag.transposedSecond);
    const dw = (): Real =>
      transposed
        ? matrixProduct([columns, rows, inner], gradient, x.data, flag.transposed)
        : matrixProduct([inner, rows, columns], x.data, gradient, flag.transposed);
    return [counts(x) ? dx() : undefined, counts(w) ? dw() : undefined, b && counts(b) ? columnSums(columns, gradient) : undefined];
  });
}
