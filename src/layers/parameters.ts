// A layer's parameters, which live where the kernels run.
import type { Dtype, Real, Resident, Tensor } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import { ScanError } from "../error.js";
import { checkOptions } from "../options.js";
import { loadChecks, type LoadOptions } from "./layer.js";
import type { Weight } from "./rows.js";

/** A tensor whose data is in the backend's memory. */
export interface Parameter extends Tensor {
  /** Its numbers; weights kept in 16 bits have none. */
  readonly resident: Resident;
  /** What products take. */
  readonly weight: Weight;
}

class Numbers implements Parameter {
  readonly dims: readonly number[];
  readonly resident: Resident;

  constructor(engine: Engine, dtype: Dtype, { dims, data }: Tensor) {
    this.dims = dims;
    this.resident = engine.resident(dtype, data.length);
    this.resident.data.set(data);
  }

  /** A fresh view at each access. */
  get data(): Real {
    return this.resident.data;
  }

  get weight(): Weight {
    return this.resident;
  }
}

/** A parameter that starts with the given values. */
export function parameterOf(engine: Engine, dtype: Dtype, initial: Tensor): Parameter {
  return new Numbers(engine, dtype, initial);
}

export type Parameters = Readonly<Record<string, Parameter>>;

/** Parameters that start with the given values. */
export function parametersFrom(engine: Engine, dtype: Dtype, initial: Readonly<Record<string, Tensor>>): Parameters {
  return Object.fromEntries(Object.entries(initial).map(([name, tensor]) => [name, new Numbers(engine, dtype, tensor)]));
}

/** The options of `loadParameters`, complete; what is given has to be an object. */
export function loadArguments(layer: string, given: unknown, options: LoadOptions | undefined): Required<LoadOptions> {
  const { strict = true, prefix = "" } = checkOptions(`${layer}.loadParameters`, options, loadChecks);
  if (typeof given !== "object" || given === null) throw new ScanError("file", `${layer}: parameters must be an object of tensors, got ${String(given)}`);
  return { strict, prefix };
}

/** Copies tensors into the parameters of `layer`, all or none. */
export function loadInto(layer: string, own: Parameters, given: Readonly<Record<string, Tensor>>, options: LoadOptions | undefined): void {
  const { strict, prefix } = loadArguments(layer, given, options);
  const missing = Object.keys(own).filter((name) => given[prefix + name] === undefined);
  const unexpected = Object.keys(given).filter((name) => name.startsWith(prefix) && !Object.hasOwn(own, name.slice(prefix.length)));
  if (strict && missing.length + unexpected.length > 0) {
    const list = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(", "));
    throw new ScanError("file", `${layer}: parameters do not fit; missing: ${list(missing.map((name) => prefix + name))}; unexpected: ${list(unexpected)}`);
  }
  const found = Object.entries(own).filter(([name]) => !missing.includes(name));
  for (const [name, parameter] of found) checkTensor(prefix + name, parameter, given[prefix + name]!);
  for (const [name, parameter] of found) parameter.data.set(given[prefix + name]!.data);
}

function checkTensor(name: string, { dims, data }: Parameter, given: Tensor): void {
  const show = (axes: readonly number[]) => `[${axes.join(", ")}]`;
  const long = (axes: readonly number[]) => axes.filter((axis) => axis !== 1).join();
  if (!Array.isArray(given.dims) || long(given.dims) !== long(dims)) {
    throw new ScanError("shape", `\`${name}\` is ${show(given.dims ?? [])}, expected ${show(dims)}`);
  }
  if (!(given.data instanceof Float32Array || given.data instanceof Float64Array)) {
    throw new ScanError("dtype", `\`${name}\` must be a Float32Array or a Float64Array`);
  }
  if (given.data.length !== data.length) {
    throw new ScanError("shape", `\`${name}\` has ${given.data.length} elements, expected ${data.length}`);
  }
}
