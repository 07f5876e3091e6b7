// The recurrence that is no scan.
import { zeros } from "../../arrays.js";
import { flag } from "../../backend/backend.js";
import { engine } from "../../backend/current.js";
import { checkShape } from "../shapes.js";
import { commonDtype, type Operand, tapeOf, type Variable } from "../tape.js";
import { matrixProduct } from "./kernels.js";

/** Every state of `h = tanh(x + W h')`, [batch, length, n]; x: of that shape, W: [n, n]. */
export function rnn(x: Operand, W: Operand, reset?: Uint8Array): Variable {
  const dtype = commonDtype("rnn", [x, W]);
  const [batch, length, n] = x.dims as [number, number, number];
  checkShape("rnn", "W", W, [n, n]);
  const h = zeros(dtype, x.data.length);
  const given = { x: x.data, weight_hh_l0: W.data, bias_hh_l0: zeros(dtype, n), state: undefined, reset };
  engine().call("rnn", [batch, length, n], given, { "out.h": h, "out.state": zeros(dtype, batch * n) });
  return tapeOf([x, W]).record([x, W], x.dims, h, (gradient) => {
    const [dx, before] = [zeros(dtype, h.length), zeros(dtype, h.length)];
    engine().call("rnnBackward", [batch, length, n], { h, weight_hh_l0: W.data, "gradients.h": gradient, reset }, { "out.x": dx });
    for (let row = 0; row < batch * length; row++) {
      if (row % length !== 0 && (reset?.[row] ?? 0) === 0) before.set(h.subarray((row - 1) * n, row * n), row * n);
    }
    return [dx, matrixProduct([n, batch * length, n], dx, before, flag.transposed)];
  });
}
