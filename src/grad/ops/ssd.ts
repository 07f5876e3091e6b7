// Mamba-2's recurrence on variables.
import type { Real } from "../../arrays.js";
import { ssd as run, type SsdOptions } from "../../ops/ssd.js";
import { ssdBackward } from "../../ops/ssd-backward.js";
import { dataOf, listed } from "../operands.js";
import { axes } from "../shapes.js";
import { type Operand, tapeOf, type Variable } from "../tape.js";

/** Operands of {@link ssd}; shapes as the inputs of the operator. */
export interface SsdOperands {
  /** [batch, length, heads, headDim]. */
  x: Operand;
  /** [batch, length, heads]. */
  dt: Operand;
  /** [heads]. */
  A: Operand;
  /** [batch, length, groups, states]. */
  B: Operand;
  /** [batch, length, groups, states]. */
  C: Operand;
  /** [heads] or [heads, headDim]. */
  D?: Operand | undefined;
  /** [batch, length, heads, headDim]. */
  z?: Operand | undefined;
  /** [heads]. */
  dtBias?: Operand | undefined;
  /** [batch, heads, headDim, states]. */
  state?: Operand | undefined;
}

/** What {@link run} gives as y, [batch, length, heads, headDim]. */
export function ssd(inputs: SsdOperands, options?: Omit<SsdOptions, "out">): Variable {
  const { x, dt, A, B, C, D, z, dtBias, state } = inputs;
  const [batch, length, heads, headDim] = axes("ssd", "x", x, 4) as Axes;
  const [, , groups, states] = axes("ssd", "B", B, 4) as Axes;
  const dims = { batch, length, heads, headDim, states, groups };
  const given = dataOf({ x, dt, A, B, C, D, z, dtBias, state });
  const { y } = run<Real>(given, dims, options);
  const operands = listed(x, dt, A, B, C, D, z, dtBias, state);
  return tapeOf(operands).record(operands, x.dims, y, (gradient) => {
    const found = ssdBackward<Real>(given, { y: gradient }, dims, options);
    return listed(found.x, found.dt, found.A, found.B, found.C, found.D, found.z, found.dtBias, found.state);
  });
}

type Axes = [number, number, number, number];
