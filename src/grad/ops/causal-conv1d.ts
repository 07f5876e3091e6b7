// Short convolutions on variables.
import type { Real } from "../../arrays.js";
import { causalConv1d as run, type CausalConv1dOptions } from "../../ops/causal-conv1d.js";
import { causalConv1dBackward } from "../../ops/causal-conv1d-backward.js";
import { dataOf, listed } from "../operands.js";
import { axes } from "../shapes.js";
import { type Operand, tapeOf, type Variable } from "../tape.js";

/** Every channel with its own taps: x [batch, length, channels]; weight [channels, width], the present last; bias [channels]; state [batch, channels, width - 1]. */
export function causalConv1d(inputs: { x: Operand; weight: Operand; bias?: Operand | undefined; state?: Operand | undefined }, options?: Omit<CausalConv1dOptions, "out">): Variable {
  const { x, weight, bias, state } = inputs;
  const [batch, length, channels] = axes("causalConv1d", "x", x, 3) as [number, number, number];
  const [, width] = axes("causalConv1d", "weight", weight, 2) as [number, number];
  const dims = { batch, length, channels, width };
  const given = dataOf({ x, weight, bias, state });
  const { y } = run<Real>(given, dims, options);
  const operands = listed(x, weight, bias, state);
  return tapeOf(operands).record(operands, x.dims, y, (gradient) => {
    const found = causalConv1dBackward<Real>(given, { y: gradient }, dims, options);
    return listed(found.x, found.weight, found.bias, found.state);
  });
}
