// Arrays of the wrong kind, or whose memory is gone, are refused by name.
import { type Backend, combineLinear, complexScan, init, linearScan, matrixScan, summarizeLinear } from "ssm-scan";
import { beforeAll, describe, test } from "vitest";
import { backends } from "../../support/backends.js";
import { expectRefusal } from "../../support/refusal.js";

const dims = { batch: 1, length: 3, channels: 2 };
const f32 = (length = 6): Float32Array => new Float32Array(length);
const f64 = (length = 6): Float64Array => new Float64Array(length);

/** An array whose memory has gone elsewhere. */
function detached(): Float32Array {
  const array = f32();
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

/** An array whose memory may go at any time. */
function resizable(): Float32Array {
  const Resizable = ArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;
  return new Float32Array(new Resizable(24, { maxByteLength: 48 }));
}

const strangers: [string, unknown][] = [
  ["a plain array", [1, 2, 3, 4, 5, 6]],
  ["an Int32Array", new Int32Array(6)],
  ["a Uint8Array", new Uint8Array(6)],
  ["a BigInt64Array", new BigInt64Array(6)],
  ["a DataView", new DataView(new ArrayBuffer(24))],
  ["an ArrayBuffer", new ArrayBuffer(24)],
  ["a string", "123456"],
  ["a number", 6],
  ["an object with a length", { length: 6 }],
];

describe.each(backends)("on %s", (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await init({ backend: name });
  });

  test.each(strangers)("%s is no array of numbers", (_, stranger) => {
    const wrong = stranger as Float32Array;
    expectRefusal(() => linearScan({ a: wrong, b: f32() }, dims), { code: "dtype", names: "a" });
    expectRefusal(() => linearScan({ a: f32(), b: wrong }, dims), { code: "dtype", names: "b" });
    expectRefusal(() => linearScan({ a: f32(), b: f32(), state: wrong }, dims), { code: "dtype", names: "state" });
    expectRefusal(() => linearScan({ a: f32(), b: f32() }, dims, { out: { h: wrong } }), { code: ["dtype", "option"], names: "h" });
    const n = { batch: 1, length: 3, n: 2 };
    expectRefusal(() => matrixScan({ A: wrong, b: f32() }, n), { code: "dtype", names: "A" });
    const complex = { re: f32(), im: f32() };
    expectRefusal(() => complexScan({ a: { re: f32(), im: wrong }, b: complex }, dims), { code: ["dtype", "option"], names: "a" });
    expectRefusal(() => summarizeLinear({ a: wrong, b: f32() }, dims), { code: "dtype", names: "a" });
    expectRefusal(() => combineLinear({ a: wrong, b: f32() }, { a: f32(), b: f32() }), { code: "dtype" });
  });

  test("a complex array has two planes", () => {
    const complex = { re: f32(), im: f32() };
    const half = { re: f32() } as typeof complex;
    expectRefusal(() => complexScan({ a: half, b: complex }, dims), { names: "a" });
    expectRefusal(() => complexScan({ a: f32() as unknown as typeof complex, b: complex }, dims), { names: "a" });
    expectRefusal(() => complexScan({ a: complex, b: half }, dims), { names: "b" });
    expectRefusal(() => complexScan({ a: { re: f32(), im: f32(5) }, b: complex }, dims), { code: "shape", names: "a" });
  });

  test("all arrays of a call have one precision", () => {
    const both = [/float32/i, /float64/i];
    const mixed = (inputs: object, options: object = {}) => () => linearScan(inputs as { a: Float32Array; b: Float32Array }, dims, options);
    expectRefusal(mixed({ a: f32(), b: f64() }), { code: "dtype", says: both });
    expectRefusal(mixed({ a: f64(), b: f32() }), { code: "dtype", says: both });
    expectRefusal(mixed({ a: f32(), b: f32(), state: f64(2) }), { code: "dtype", names: "state", says: both });
    expectRefusal(mixed({ a: f32(), b: f32() }, { out: { h: f64() } }), { code: "dtype", names: "h", says: both });
    expectRefusal(mixed({ a: f64(), b: f64() }, { out: { state: f32(2) } }), { code: "dtype", names: "state", says: both });
    const complex = { re: f32(), im: f64() as unknown as Float32Array };
    expectRefusal(() => complexScan({ a: complex, b: complex }, dims), { code: "dtype", says: both });
    const resident = backend.resident("float64", 6);
    expectRefusal(mixed({ a: resident, b: f32() }), { code: "dtype", says: both });
    resident.dispose();
  });

  test("an array that is missing is named", () => {
    const b = f32();
    expectRefusal(() => linearScan({ b } as { a: Float32Array; b: Float32Array }, dims), { names: "a" });
    expectRefusal(() => linearScan({ a: b } as { a: Float32Array; b: Float32Array }, dims), { names: "b" });
    expectRefusal(() => linearScan({ a: b, b: null as unknown as Float32Array }, dims), { names: "b" });
    expectRefusal(() => linearScan(undefined as never, dims));
    expectRefusal(() => linearScan(null as never, dims));
    expectRefusal(() => complexScan({ b: { re: b, im: b } } as never, dims), { names: "a" });
    expectRefusal(() => matrixScan({ b } as never, { batch: 1, length: 3, n: 2 }), { names: "A" });
    expectRefusal(() => summarizeLinear({ a: b } as never, dims), { names: "b" });
    expectRefusal(() => combineLinear({ a: b } as never, { a: b, b }));
    expectRefusal(() => combineLinear({ a: b, b }, undefined as never));
  });

  test("dims that are missing are refused", () => {
    expectRefusal(() => linearScan({ a: f32(), b: f32() }, undefined as never));
    expectRefusal(() => linearScan({ a: f32(), b: f32() }, null as never));
    expectRefusal(() => linearScan({ a: f32(), b: f32() }, {} as never), { code: "shape" });
    expectRefusal(() => linearScan({ a: f32(), b: f32() }, { batch: 1, length: 3 } as never), { code: "shape", names: "channels" });
  });

  test.each([
    ["detached", detached],
    ["resizable", resizable],
  ])("a %s array is named, as input or as output", (_, make) => {
    const code = ["dtype", "shape"] as const;
    expectRefusal(() => linearScan({ a: make(), b: f32() }, dims), { code, names: "a" });
    expectRefusal(() => linearScan({ a: f32(), b: make() }, dims), { code, names: "b" });
    expectRefusal(() => linearScan({ a: f32(), b: f32() }, dims, { out: { h: make() } }), { code, names: "h" });
    const complex = { re: f32(), im: make() };
    expectRefusal(() => complexScan({ a: complex, b: { re: f32(), im: f32() } }, dims), { code, names: "a" });
  });

  test("a disposed resident array is named", () => {
    const resident = backend.resident("float32", 6);
    resident.dispose();
    expectRefusal(() => linearScan({ a: resident, b: f32() }, dims), { code: "disposed", names: "a" });
    expectRefusal(() => linearScan({ a: f32(), b: f32() }, dims, { out: { h: resident } }), { code: "disposed", names: "h" });
    expectRefusal(() => resident.data, { code: "disposed" });
  });

  test("a resident array has a precision and a length", () => {
    expectRefusal(() => backend.resident("float16" as never, 6), { says: [/float16/] });
    for (const length of [-1, 1.5, Number.NaN]) {
      expectRefusal(() => backend.resident("float32", length), { code: "shape", names: "length", says: [length] });
    }
  });
});
