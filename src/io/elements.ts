// Numbers as files hold them, little-endian, and as the library does.
import type { Dtype, Real } from "../arrays.js";
import { widenBrain, widenHalf } from "./half.js";

/** Numbers that can be read, as safetensors calls them. */
export type ElementName = "F64" | "F32" | "F16" | "BF16" | "I64" | "U64" | "I32" | "U32" | "I16" | "U16" | "I8" | "U8" | "BOOL";

interface Element {
  /** Bytes of one. */
  size: number;
  /** The numbers in `count` elements that start at a multiple of their size. */
  read: (buffer: ArrayBufferLike, start: number, count: number) => Real;
}

const wide = (numbers: ArrayLike<number>): Float64Array => new Float64Array(numbers);
const wideBig = (numbers: BigInt64Array | BigUint64Array): Float64Array => Float64Array.from(numbers as ArrayLike<bigint>, Number);

/** Integers become float64, which is exact to 2^53. */
const elements: Readonly<Record<ElementName, Element>> = {
  F64: { size: 8, read: (...place) => new Float64Array(...place) },
  F32: { size: 4, read: (...place) => new Float32Array(...place) },
  F16: { size: 2, read: (...place) => widenHalf(new Uint16Array(...place)) },
  BF16: { size: 2, read: (...place) => widenBrain(new Uint16Array(...place)) },
  I64: { size: 8, read: (...place) => wideBig(new BigInt64Array(...place)) },
  U64: { size: 8, read: (...place) => wideBig(new BigUint64Array(...place)) },
  I32: { size: 4, read: (...place) => wide(new Int32Array(...place)) },
  U32: { size: 4, read: (...place) => wide(new Uint32Array(...place)) },
  I16: { size: 2, read: (...place) => wide(new Int16Array(...place)) },
  U16: { size: 2, read: (...place) => wide(new Uint16Array(...place)) },
  I8: { size: 1, read: (...place) => wide(new Int8Array(...place)) },
  U8: { size: 1, read: (...place) => wide(new Uint8Array(...place)) },
  BOOL: { size: 1, read: (...place) => wide(new Uint8Array(...place)) },
};

/** How the library's numbers are called in files. */
export const elementNames: Readonly<Record<Dtype, "F32" | "F64">> = { float32: "F32", float64: "F64" };

/** Whether numbers of this kind can be read. */
export function isReadable(name: string): name is ElementName {
  return Object.hasOwn(elements, name);
}

/** What can be read, for errors. */
export const readable: string = Object.keys(elements).join(", ");

/** Bytes of one element. */
export function sizeOf(name: ElementName): number {
  return elements[name].size;
}

/** The numbers in `bytes`. F64 and F32 are views of them where they are aligned; the others are copies. */
export function realsOf(name: ElementName, bytes: Uint8Array): Real {
  const { size, read } = elements[name];
  const { buffer, byteOffset, byteLength } = isAligned(bytes, size) ? bytes : bytes.slice();
  return read(buffer, byteOffset, byteLength / size);
}

/** The bytes of numbers, shared with them. */
export function bytesOf({ buffer, byteOffset, byteLength }: Real | Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Whether an array can be a view of these bytes, and stay one. */
function isAligned({ buffer, byteOffset }: Uint8Array, size: number): boolean {
  const { resizable, growable } = buffer as { resizable?: boolean; growable?: boolean };
  return byteOffset % size === 0 && !(resizable ?? growable ?? false);
}
