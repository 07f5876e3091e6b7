// Systems of one input and one output, one for each channel.
import { type Real, zeros } from "../../arrays.js";
import { flag } from "../../backend/backend.js";
import { engine } from "../../backend/current.js";
import { blank } from "../../workspace.js";
import { sizeOf } from "../shapes.js";
import { commonDtype, type Operand, tapeOf, type Variable } from "../tape.js";
import type { ComplexOperand } from "./scans.js";

/** The systems of all channels: a, b, c [channels, states]; p, q [channels, rank states], one state's row after the other's. */
export type SisoOperands = Readonly<Record<"a" | "b" | "c" | "p" | "q", ComplexOperand>>;

/** How {@link sisoSsm} runs over time. */
export interface SisoOptions {
  /** Of real parts of readouts. */
  scale: number;
  /** Whether it runs from the last step to the first, and reads the state before each; false. */
  backwards?: boolean;
  /** [batch, length]; a 1 at t begins a new sequence there. */
  reset?: Uint8Array;
}

const kinds = ["a", "b", "c", "p", "q"] as const;

/** Names of planes, in the order of the kernels' arguments. */
const names = kinds.flatMap((kind) => [`${kind}.re`, `${kind}.im`]);

/** `x = a x' - sum_r p_r Re(q_r . x') + b u`, `y = scale Re(c . x)`; u, y [batch, length, channels]. */
export function sisoSsm(u: Operand, systems: SisoOperands, { scale, backwards = false, reset }: SisoOptions): Variable {
  const operands = [u, ...kinds.flatMap((kind) => [systems[kind].re, systems[kind].im])];
  const dtype = commonDtype("sisoSsm", operands);
  const [batch, length, channels] = u.dims as [number, number, number];
  const states = systems.a.re.dims[1]!;
  const rank = states === 0 ? 0 : systems.p.re.data.length / (channels * states);
  const numbers = [batch, length, channels, states, rank, scale, backwards ? flag.reverse | flag.shifted : 0];
  const planes = Object.fromEntries(names.map((name, i) => [name, operands[i + 1]!.data]));
  const none = { "state.re": undefined, "state.im": undefined };
  const state = (): Record<"out.state.re" | "out.state.im", Real> => ({ "out.state.re": zeros(dtype, batch * channels * states), "out.state.im": zeros(dtype, batch * channels * states) });
  const y = blank(dtype, sizeOf(u.dims));
  const { "p.re": pr, "p.im": pi, "q.re": qr, "q.im": qi, ...rest } = planes;
  const given = { u: u.data, ...rest, D: undefined, "p.re": pr, "p.im": pi, "q.re": qr, "q.im": qi, ...none, reset, lengths: undefined };
  engine().call("sisoSsm", numbers, given, { "out.y": y, ...state() });
  return tapeOf(operands).record(operands, u.dims, y, (gradient) => {
    const found = operands.map(({ data }) => blank(dtype, data.length));
    const out = Object.fromEntries(["u", ...names].map((name, i) => [`out.${name}`, found[i]!]));
    const inputs = { u: u.data, ...planes, ...none, "gradients.y": gradient, "gradients.state.re": undefined, "gradients.state.im": undefined, reset };
    engine().call("sisoSsmBackward", numbers, inputs, { ...out, ...state() });
    return found;
  });
}
