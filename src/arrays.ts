// The arrays that calls take: typed arrays, planar complex pairs, tensors, arrays in a backend's memory.
import { checkDims } from "./dims.js";
import { ScanError } from "./error.js";

/** Real numbers; all arrays of a call are of one of the two types. */
export type Real = Float32Array | Float64Array;

/** Planar complex numbers: two arrays of one shape. */
export interface Complex<T extends Real = Real> {
  re: T;
  im: T;
}

/** A named parameter; complex parameters keep the reference's own trailing axis of 2 (re, im). */
export interface Tensor<T extends Real = Real> {
  dims: readonly number[];
  data: T;
}

/** An array that lives in the backend's memory (WASM); accepted wherever a typed array is, nothing is copied. */
export interface Resident<T extends Real = Real> {
  readonly length: number;
  readonly dtype?: Dtype;
  /** A fresh view at each access: one kept from before may have been detached. */
  readonly data: T;
  /** Gives the memory back; any later use is an error. May be called again. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** An array argument. */
export type Input<T extends Real = Real> = T | Resident<T>;

export type Dtype = "float32" | "float64";

const dtypes: Readonly<Record<string, Dtype>> = { Float32Array: "float32", Float64Array: "float64" };

/** An array of zeros for the result called `name`, or an error where there is no room for it. */
export function zeros(dtype: Dtype, length: number, name = "result"): Real {
  try {
    return dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
  } catch (cause) {
    throw new ScanError("shape", `cannot allocate \`${name}\` of ${length} elements`, { cause });
  }
}

/** The typed array behind an argument. */
export function dataOf<T extends Real>(input: Input<T>): T {
  return ArrayBuffer.isView(input) ? input : input.data;
}

/** Whether an argument, checked before, is of float64. */
export function isWide(input: Input): boolean {
  return ArrayBuffer.isView(input) ? input instanceof Float64Array : dtypeIn(input) === "float64";
}

/** Looked up without making a view, where the array tells. */
function dtypeIn(resident: Resident): Dtype {
  return resident.dtype ?? dtypes[kindOf(resident.data)]!;
}

/** The dtype of the argument called `name`; the wrong kind of array is refused. */
export function dtypeOf(name: string, input: Input | undefined): Dtype {
  const dtype = ownDtype(input) ?? (isResident(input) ? residentDtype(name, input) : dtypes[kindOf(input)]);
  if (dtype === undefined) {
    throw new ScanError("dtype", `\`${name}\` must be a Float32Array or a Float64Array, got ${describe(input)}`);
  }
  if (ArrayBuffer.isView(input)) checkBuffer(name, input);
  return dtype;
}

/** The dtype of an array that is real numbers for sure. */
export const precisionOf = (data: Real): Dtype => (data instanceof Float64Array ? "float64" : "float32");

/** Of an array of this realm, which is quicker to tell. */
function ownDtype(input: unknown): Dtype | undefined {
  if (input instanceof Float32Array) return "float32";
  return input instanceof Float64Array ? "float64" : undefined;
}

/** Checks that the argument called `name` is an array of `dtype`. */
export function checkDtype(name: string, input: Input | undefined, dtype: Dtype): void {
  const own = dtypeOf(name, input);
  if (own !== dtype) {
    throw new ScanError("dtype", `\`${name}\` is of ${own}, the arrays before it are of ${dtype}`);
  }
}

/** Checks an array of bytes or of 32-bit integers. */
export function checkKind(name: string, kind: "Uint8Array" | "Int32Array", value: unknown): void {
  if (kindOf(value) !== kind) {
    throw new ScanError("dtype", `\`${name}\` must be ${kind === "Int32Array" ? "an" : "a"} ${kind}, got ${describe(value)}`);
  }
  checkBuffer(name, value as ArrayBufferView);
}

function residentDtype(name: string, resident: Resident): Dtype {
  try {
    return dtypeIn(resident);
  } catch (cause) {
    throw cause instanceof ScanError ? new ScanError(cause.code, `\`${name}\`: ${cause.message}`, { cause }) : cause;
  }
}

/** Checks the dtype and the length asked of a resident array. */
export function checkResident(dtype: Dtype, length: number): void {
  if (!Object.values(dtypes).includes(dtype)) {
    throw new ScanError("dtype", `\`dtype\` must be "float32" or "float64", got "${String(dtype)}"`);
  }
  checkDims({ length }, ["length"]);
}

function isResident(value: unknown): value is Resident {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value) && "dispose" in value && "data" in value;
}

/** The name of a typed array's class, the same in every realm. */
function kindOf(value: unknown): string {
  return ArrayBuffer.isView(value) ? (value as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag] : "";
}

function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) return value === undefined ? "nothing" : `${typeof value} ${String(value)}`;
  return Array.isArray(value) ? `a plain array of ${value.length}` : `an object of ${value.constructor?.name ?? "no class"}`;
}

/** Refuses memory that can change its size or has gone. */
function checkBuffer(name: string, view: ArrayBufferView): void {
  const buffer = view.buffer as ArrayBuffer & { resizable?: boolean; growable?: boolean };
  if (buffer.resizable ?? buffer.growable) {
    throw new ScanError("dtype", `\`${name}\` is a view of a resizable buffer (${buffer.byteLength} bytes now), expected one of fixed size`);
  }
  if (view.byteLength === 0 && isDetached(buffer)) {
    throw new ScanError("dtype", `\`${name}\` has 0 elements: its buffer is detached`);
  }
}

function isDetached(buffer: ArrayBuffer & { detached?: boolean }): boolean {
  if (buffer.detached !== undefined) return buffer.detached;
  if (buffer.byteLength > 0) return false;
  try {
    new Uint8Array(buffer); // the one thing that every engine refuses to do with a detached buffer
    return false;
  } catch {
    return true;
  }
}

/** From a tensor of onnxruntime ({data, dims}), ndarray or tfjs/jax-js ({data, shape}); C-contiguous only. */
export function fromTensor(tensor: {
  data: ArrayLike<number>;
  dims?: readonly number[];
  shape?: readonly number[];
  strides?: readonly number[];
}): Tensor {
  const { data, strides, dims = tensor?.shape } = tensor ?? {};
  if (typeof data?.length !== "number") throw new ScanError("dtype", `\`tensor\` must be an object with \`data\`, got ${describe(tensor)}`);
  if (dims === undefined) throw new ScanError("shape", "`tensor` has neither `dims` nor `shape`");
  const axes = Object.fromEntries(dims.map((axis, i) => [`dims[${i}]`, axis]));
  const size = checkDims(axes, Object.keys(axes)).reduce((product, axis) => product * axis, 1);
  if (data.length !== size) {
    throw new ScanError("shape", `\`data\` has ${data.length} elements, expected ${size} for [${dims.join(", ")}]`);
  }
  let stride = 1;
  for (let axis = dims.length - 1; axis >= 0 && strides !== undefined; axis--) {
    if (dims[axis]! > 1 && strides[axis] !== stride) {
      throw new ScanError("shape", `\`strides\` [${strides.join(", ")}] are not C-contiguous: axis ${axis} has ${strides[axis]}, expected ${stride}`);
    }
    stride *= dims[axis]!;
  }
  const isReal = dtypes[kindOf(data)] !== undefined;
  return { dims: [...dims], data: isReal ? (data as unknown as Real) : Float32Array.from(data) };
}
