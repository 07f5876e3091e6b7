// Tensors as safetensors files, and back.
import { dtypeOf, type Tensor } from "../arrays.js";
import { engine } from "../backend/current.js";
import { ScanError } from "../error.js";
import { bytesOf, elementNames, isReadable, readable, realsOf, sizeOf } from "./elements.js";
import { listingOf } from "./listing.js";
import { sourceOf } from "./source.js";

/** What a safetensors file holds. */
export interface TensorFile {
  tensors: Record<string, Tensor>;
  /** Texts by keys; empty where the file has none. */
  metadata: Record<string, string>;
}

/**
 * Reads a safetensors file, given whole. F64 and F32 stay what they are, F16 and BF16 become float32, integers and
 * booleans float64 (exact to 2^53). F64 and F32 are views of `bytes` where these let them (all that
 * {@link saveTensors} makes), and copies elsewhere.
 *
 * Throws a ScanError of code "file" where the file is damaged, or has numbers of 8 bits or fewer that are no integers.
 */
export function loadTensors(bytes: Uint8Array | ArrayBuffer): TensorFile {
  const source = sourceOf(bytes);
  const { metadata, tensors, dataStart } = listingOf(source);
  const entries = tensors.map(({ name, dtype, shape, start, end }): [string, Tensor] => {
    if (!isReadable(dtype)) throw new ScanError("file", `\`${name}\` is of ${dtype}, which is not read: only ${readable} are`);
    return [name, { dims: shape, data: realsOf(dtype, source.read(dataStart + start, dataStart + end)) }];
  });
  return { tensors: Object.fromEntries(entries), metadata };
}

/**
 * The bytes of a safetensors file of float32 and float64 tensors and of texts. Float64 tensors stand first, each kind
 * in the order of the names, so that the same tensors make the same bytes.
 */
export function saveTensors(tensors: Readonly<Record<string, Tensor>>, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  if (typeof tensors !== "object" || tensors === null) throw new ScanError("dtype", `saveTensors: \`tensors\` must be an object of tensors, got ${String(tensors)}`);
  checkMetadata(metadata);
  return fileOf(Object.entries(tensors).map(([name, tensor]) => ({ name, dtype: elementOf(name, tensor), shape: tensor.dims, size: tensor.data.byteLength, bytes: () => bytesOf(tensor.data) })), metadata);
}

/** A tensor as a file has it. */
export interface Part {
  name: string;
  dtype: "F64" | "F32" | "F16" | "BF16";
  shape: readonly number[];
  /** Of the bytes. */
  size: number;
  /** Asked for when they are written: views of a memory that grows do not last. */
  bytes: () => Uint8Array;
}

/** The bytes of a file of such tensors, the widest first, each kind in the order of the names. */
export function fileOf(parts: readonly Part[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const wanted = [...parts].sort((x, y) => sizeOf(y.dtype) - sizeOf(x.dtype) || (x.name < y.name ? -1 : 1));
  let bytes = 0;
  const entries = wanted.map(({ name, dtype, shape, size }) => [name, { dtype, shape, data_offsets: [bytes, (bytes += size)] }]);
  const texts = Object.keys(metadata).length > 0 && { __metadata__: metadata };
  const header = engine().convert("writeTensorHeader", JSON.stringify({ ...texts, ...Object.fromEntries(entries) }));
  const file = roomFor(header.length + bytes);
  file.set(header);
  let position = header.length;
  for (const { size, bytes: own } of wanted) {
    file.set(own(), position);
    position += size;
  }
  return file;
}

function roomFor(bytes: number): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch (cause) {
    throw new ScanError("file", `saveTensors: there is no room for a file of ${bytes} bytes`, { cause });
  }
}

/** What a tensor's numbers are called in a file; one that does not fit its shape is refused. */
function elementOf(name: string, tensor: Tensor): "F32" | "F64" {
  checkText("the name of a tensor", name);
  if (name === "__metadata__") throw new ScanError("option", "saveTensors: a tensor cannot be called `__metadata__`: the file's own texts are");
  const { dims, data } = tensor ?? {};
  const element = elementNames[dtypeOf(name, data)];
  const size = Array.isArray(dims) ? dims.reduce((product: number, axis: number) => product * axis, 1) : NaN;
  if (size !== data.length) throw new ScanError("shape", `\`${name}\` has ${data.length} elements, expected ${size} for [${String(dims)}]`);
  return element;
}

function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  for (const [key, text] of Object.entries(metadata)) {
    if (typeof text !== "string") throw new ScanError("option", `saveTensors: \`metadata.${key}\` must be a string, got ${typeof text} ${String(text)}`);
    checkText("a key of metadata", key);
    checkText(`\`metadata.${key}\``, text);
  }
}

/** Half of a surrogate pair has no UTF-8. */
function checkText(what: string, text: string): void {
  if (/\p{Surrogate}/u.test(text)) throw new ScanError("option", `saveTensors: ${what} is no text: ${JSON.stringify(text)}`);
}
