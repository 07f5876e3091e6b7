// Layers of diagonal complex states: the products with weights and the scan between them, as one operation.
import { type Real, zeros } from "../../arrays.js";
import { flag } from "../../backend/backend.js";
import { engine } from "../../backend/current.js";
import { blank } from "../../workspace.js";
import { axes } from "../shapes.js";
import { commonDtype, type Operand, tapeOf, type Variable } from "../tape.js";
import type { ComplexOperand } from "./scans.js";

/** u [batch, length, dModel]; poles a and gains [states]; B [states, dModel, 2], C [dModel, columns, 2]; D [dModel]. */
export interface DiagonalSsmInputs {
  u: Operand;
  a: ComplexOperand;
  gain: ComplexOperand;
  B: Operand;
  C: Operand;
  D?: Operand;
}

/** How a {@link diagonalSsm} runs. */
export interface DiagonalSsmOptions {
  /** Of the real part of what is read out; 1. */
  scale?: number;
  /** The column of C that reads the first state; 0. */
  first?: number;
  reverse?: boolean;
  /** [batch, length]; a 1 at t makes x[t] start from zero. */
  reset?: Uint8Array;
  /** Valid steps of each right-padded sequence, [batch]; zeros in padding. */
  lengths?: Int32Array;
}

/** `x = a x' + gain (B u)`, `y = scale Re(C x) + D u`: y, like u. Of S5 and of the LRU. */
export function diagonalSsm(inputs: DiagonalSsmInputs, { scale = 1, first = 0, reverse = false, reset, lengths }: DiagonalSsmOptions = {}): Variable {
  const { u, a, gain, B, C, D } = inputs;
  const operands = [u, B, C, a.re, a.im, gain.re, gain.im, ...(D === undefined ? [] : [D])];
  const dtype = commonDtype("diagonalSsm", operands);
  const [batch, length, channels] = axes("diagonalSsm", "u", u, 3) as [number, number, number];
  const [states, pitch] = [a.re.data.length, C.dims[1] ?? 0];
  const sizes = [batch, length, channels, states, pitch, first, scale];
  const flags = reverse ? flag.reverse : 0;
  const weights = { u: u.data, B: B.data, C: C.data, D: D?.data };
  const system = { Lambda_re: a.re.data, Lambda_im: a.im.data, "gain.re": gain.re.data, "gain.im": gain.im.data };
  const none = { "state.re": undefined, "state.im": undefined };
  const like = ({ data }: Operand): Real => blank(dtype, data.length);
  const states2 = () => ({ "out.state.re": zeros(dtype, batch * states), "out.state.im": zeros(dtype, batch * states) });
  const y = like(u);
  const given = { ...weights, ...system, log_step: undefined, dt: undefined, ...none, reset, lengths };
  engine().call("diagonalSsm", [...sizes, 1, flags], given, { y, ...states2() });
  return tapeOf(operands).record(operands, u.dims, y, (gradient) => {
    const out = [like(u), like(B), like(C), D === undefined ? zeros(dtype, 0) : like(D), like(a.re), like(a.im), like(gain.re), like(gain.im)];
    const [du, dB, dC, dD, dar, dai, dgr, dgi] = out as [Real, Real, Real, Real, Real, Real, Real, Real];
    const leaving = { "gradients.state.re": undefined, "gradients.state.im": undefined };
    engine().call(
      "diagonalSsmBackward",
      [...sizes, flags],
      { ...weights, ...system, ...none, "gradients.y": gradient, ...leaving, reset, lengths },
      { "out.u": du, "out.B": dB, "out.C": dC, "out.D": dD, "out.Lambda_re": dar, "out.Lambda_im": dai, "out.gain.re": dgr, "out.gain.im": dgi, ...states2() },
    );
    return [du, dB, dC, dar, dai, dgr, dgi, dD];
  });
}
