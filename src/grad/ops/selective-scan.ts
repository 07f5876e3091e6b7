// Mamba's selective scan on variables.
import type { Complex, Real } from "../../arrays.js";
import { ScanError } from "../../error.js";
import type { ScanOptions } from "../../ops/scan-options.js";
import { type SelectiveDims, selectiveScan as run, type SelectiveScanInputs } from "../../ops/selective-scan.js";
import { selectiveScanBackward } from "../../ops/selective-scan-backward.js";
import { axes, checkShape } from "../shapes.js";
import { type Operand, tapeOf, type Variable } from "../tape.js";
import type { ComplexOperand } from "./scans.js";

/** Arguments of {@link selectiveScan}; those that may be complex all are or none is. */
export interface SelectiveOperands {
  /** [batch, length, channels]. */
  u: Operand;
  /** [batch, length, channels]. */
  dt: Operand;
  /** [channels, states]. */
  A: Operand | ComplexOperand;
  /** [batch, length, states], [batch, length, groups, states], or [channels, states] for every step. */
  B: Operand | ComplexOperand;
  /** The same. */
  C: Operand | ComplexOperand;
  /** [channels]. */
  D?: Operand;
  /** [batch, length, channels]. */
  z?: Operand;
  /** [channels]. */
  dtBias?: Operand;
  /** [batch, channels, states]. */
  state?: Operand | ComplexOperand;
}

/** y [batch, length, channels] of `h = exp(delta A) h' + delta B u`, `y = (C h + D u) silu(z)`, with `delta = softplus?(dt + dtBias)`. */
export function selectiveScan(inputs: SelectiveOperands, options?: ScanOptions & { dtSoftplus?: boolean }): Variable {
  const names = order.filter((name) => inputs[name] !== undefined);
  const operands = names.flatMap((name) => planes(inputs[name]!));
  const dims = dimsOf(inputs);
  const given = Object.fromEntries(names.map((name) => [name, dataOf(inputs[name]!)])) as unknown as SelectiveScanInputs;
  const { y } = run<Real>(given, dims, options);
  return tapeOf(operands).record(operands, inputs.u.dims, y, (gradient) => {
    const found = selectiveScanBackward<Real>(given, { y: gradient }, dims, options);
    return names.flatMap((name) => planes(found[name]!));
  });
}

const order = ["u", "dt", "A", "B", "C", "D", "z", "dtBias", "state"] as const;

const planes = <T extends object>(value: T | { re: T; im: T }): T[] => ("re" in value ? [value.re, value.im] : [value]);

const dataOf = (value: Operand | ComplexOperand): Real | Complex => ("re" in value ? { re: value.re.data, im: value.im.data } : value.data);

/** The sizes that shapes tell. Of weights for every step the operator knows by their length alone, so that must not be another's. */
function dimsOf({ u, A, B, C }: SelectiveOperands): SelectiveDims {
  const [batch, length, channels] = axes("selectiveScan", "u", u, 3) as [number, number, number];
  const [, states] = axes("selectiveScan", "A", planes<Operand>(A)[0]!, 2) as [number, number];
  const dims = { batch, length, channels, states };
  const groups = groupsOf("B", B) ?? groupsOf("C", C);
  if (groups === undefined) return dims;
  for (const [name, value] of [["B", B], ["C", C]] as const) {
    const [plane] = planes<Operand>(value) as [Operand];
    if (plane.dims.length === 4) checkShape("selectiveScan", name, plane, [batch, length, groups, states]);
    if (plane.dims.length === 3) checkShape("selectiveScan", name, plane, [batch, length, states]);
    if (plane.dims.length === 2 && batch * length * groups === channels) {
      throw new ScanError("unsupported", `selectiveScan: ${channels} channels are as many as steps and groups together: \`${name}\` has to have a row for each step, too`);
    }
  }
  return { ...dims, groups };
}

/** The groups of what is different at each step. */
function groupsOf(name: string, value: Operand | ComplexOperand): number | undefined {
  const [plane] = planes<Operand>(value) as [Operand];
  const { length } = plane.dims;
  if (length < 2 || length > 4) axes("selectiveScan", name, plane, 4);
  return [undefined, 1, plane.dims[2]][length - 2];
}
