// Products of rows with matrices.
import { type Real, zeros } from "../../arrays.js";
import { flag } from "../../backend/backend.js";
import { engine } from "../../backend/current.js";
import { ScanError } from "../../error.js";
import { rowsOf, shapeOf, widthOf } from "../shapes.js";
import { commonDtype, counts, type Operand, tapeOf, type Variable } from "../tape.js";
import { add } from "./arithmetic.js";

/** How a {@link matmul} reads its matrix. */
export interface MatmulOptions {
  /** Whether the matrix is [columns, inner], as torch stores weights; false. */
  transposed?: boolean;
}

/** x w: every row of x [..., inner] times the matrix w [inner, columns]; [..., columns]. */
export function matmul(x: Operand, w: Operand, { transposed = false }: MatmulOptions = {}): Variable {
  const dtype = commonDtype("matmul", [x, w]);
  const [rows, inner] = [rowsOf(x), widthOf(x)];
  const [first, second] = w.dims as [number, number];
  const [own, columns] = transposed ? [second, first] : [first, second];
  if (w.dims.length !== 2 || own !== inner) {
    throw new ScanError("shape", `matmul: rows of ${inner} elements do not fit \`w\` ${shapeOf(w.dims)}${transposed ? ", transposed" : ""}`);
  }
  const y = product([rows, inner, columns], x.data, w.data, transposed ? flag.transposedSecond : 0, zeros(dtype, rows * columns));
  return tapeOf([x, w]).record([x, w], [...x.dims.slice(0, -1), columns], y, (gradient) => {
    const dx = (): Real => product([rows, columns, inner], gradient, w.data, transposed ? 0 : flag.transposedSecond, zeros(dtype, rows * inner));
    const dw = (): Real =>
      transposed
        ? product([columns, rows, inner], gradient, x.data, flag.transposed, zeros(dtype, inner * columns))
        : product([inner, rows, columns], x.data, gradient, flag.transposed, zeros(dtype, inner * columns));
    return [counts(x) ? dx() : undefined, counts(w) ? dw() : undefined];
  });
}

/** x w^T + b, as torch has it: w [outputs, inputs], b [outputs]. */
export function linear(x: Operand, w: Operand, b?: Operand): Variable {
  const y = matmul(x, w, { transposed: true });
  return b === undefined ? y : add(y, b);
}

function product(sizes: readonly [number, number, number], a: Real, b: Real, flags: number, c: Real): Real {
  engine().call("matmul", [...sizes, flags], { a, b }, { c });
  return c;
}
