// What the selective scan and its gradients take, checked.
import { checkDtype, type Dtype, dtypeOf, type Input, type Real } from "../arrays.js";
import type { Inputs } from "../backend/backend.js";
import { checkDims, checkLength } from "../dims.js";
import { ScanError } from "../error.js";
import { anObject, checkOptions } from "../options.js";
import type { ComplexInput } from "./complex-scan.js";
import { required } from "./required.js";
import type { SelectiveDims, SelectiveScanInputs } from "./selective-scan.js";

/** Arguments of a kernel. */
export interface SelectiveArguments {
  /** Batch, length, channels, states, and groups, 0 where left out. */
  sizes: readonly [number, number, number, number, number];
  dtype: Dtype;
  isComplex: boolean;
  /** By their names, in the order of the kernels' arguments. */
  given: Record<string, Inputs[string]>;
}

/** Checks what `call` is given; what arrays' lengths have to be but that of `u` the core says. */
export function selectiveArguments<T extends Real>(call: string, inputs: SelectiveScanInputs<T>, dims: SelectiveDims): SelectiveArguments {
  const [batch, length, channels, states] = checkDims(dims, ["batch", "length", "channels", "states"]) as [number, number, number, number];
  const groups = groupsOf(dims);
  const { u, dt, A, B, C, D, z, dtBias, state } = required(call, inputs);
  const dtype = dtypeOf("u", u);
  const isComplex = isPair(A);
  const given: Record<string, Inputs[string]> = { u, dt };
  for (const [name, planes] of [["A", A], ["B", B], ["C", C]] as const) Object.assign(given, planesOf(name, planes, isComplex));
  Object.assign(given, { D, z, dtBias }, optionalPlanesOf("state", state, isComplex));
  checkDtypes(given, dtype);
  checkLength("u", u, batch * length * channels);
  return { sizes: [batch, length, channels, states, groups], dtype, isComplex, given };
}

/** Groups, 0 where left out. */
function groupsOf(dims: SelectiveDims): number {
  if (dims.groups === undefined) return 0;
  const [groups] = checkDims({ groups: dims.groups }, ["groups"]) as [number];
  if (groups === 0) throw new ScanError("shape", "`groups` must be at least 1, got 0");
  return groups;
}

/** Whether an argument is a pair of planes. */
export function isPair<T extends Real>(value: Input<T> | ComplexInput<T> | undefined): value is ComplexInput<T> {
  return typeof value === "object" && value !== null && "re" in value && "im" in value;
}

const planeChecks = { re: anObject, im: anObject };

/** An argument's arrays by their names, as they have to be beside an `A` that is complex or not. */
export function planesOf<T extends Real>(name: string, value: Input<T> | ComplexInput<T>, isComplex: boolean): Record<string, Input<T>> {
  if (!isComplex) return { [name]: value as Input<T> };
  checkOptions(name, required(name, value) as object, planeChecks);
  return { [`${name}.re`]: (value as ComplexInput<T>).re, [`${name}.im`]: (value as ComplexInput<T>).im };
}

/** The same of an argument that may be left out. */
export function optionalPlanesOf<T extends Real>(name: string, value: Input<T> | ComplexInput<T> | undefined, isComplex: boolean): Record<string, Input<T> | undefined> {
  if (value !== undefined) return planesOf(name, value, isComplex);
  return isComplex ? { [`${name}.re`]: undefined, [`${name}.im`]: undefined } : { [name]: undefined };
}

const optional: ReadonlySet<string> = new Set(["D", "z", "dtBias", ...["state", "gradients.state"].flatMap((name) => [name, `${name}.re`, `${name}.im`])]);

/** Checks the dtypes of arrays that are there; all have to be but a few. */
export function checkDtypes(arrays: Readonly<Record<string, Inputs[string]>>, dtype: Dtype): void {
  for (const name in arrays) {
    if (arrays[name] !== undefined || !optional.has(name)) checkDtype(name, arrays[name] as Input | undefined, dtype);
  }
}

