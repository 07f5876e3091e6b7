// Safetensors files: what is saved is loaded on any backend, numbers of 16 bits are widened, hostile files are refused.
import fc from "fast-check";
import { loadBackend, loadTensors, type Real, saveTensors, type Tensor, useBackend } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { fixture, fixtureNames } from "../support/fixtures.js";
import { law } from "../support/law.js";
import { expectRefusal } from "../support/refusal.js";
import { bytesOf, fileOf, fileOfOne } from "../support/tensor-file.js";

const dims = fc.array(fc.nat({ max: 4 }), { maxLength: 3 });
const tensor = fc.tuple(dims, fc.boolean(), fc.integer()).map(([dims, wide, seed]): Tensor => {
  const size = dims.reduce((product, axis) => product * axis, 1);
  const data: Real = wide ? new Float64Array(size) : new Float32Array(size);
  return { dims, data: data.map((_, i) => Math.sin(seed + i)) };
});
const name = fc.string({ unit: "grapheme", maxLength: 8 }).filter((text) => text !== "__metadata__" && text !== "__proto__");
const content = fc.record({ tensors: fc.dictionary(name, tensor), metadata: fc.dictionary(name, fc.string({ unit: "grapheme" })) }, { noNullPrototype: true });
const plain = ({ tensors }: { tensors: Record<string, Tensor> }) => Object.fromEntries(Object.entries(tensors).map(([key, { dims, data }]) => [key, { dims: [...dims], data }]));

describe.each(backends)("on %s", (on) => {
  beforeAll(async () => useBackend(await loadBackend(on)));

  law("what is saved is loaded", content, ({ tensors, metadata }) => {
    const bytes = saveTensors(tensors, metadata);
    const loaded = loadTensors(bytes);
    expect(loaded.metadata).toEqual(metadata);
    expect(plain(loaded)).toEqual(plain({ tensors }));
    expect(saveTensors(loaded.tensors, loaded.metadata)).toEqual(bytes);
    expect(plain(loadTensors(bytes.slice().buffer))).toEqual(plain({ tensors }));
  });

  test("the same tensors make the same bytes, float64 first, data at multiples of 8", () => {
    const [a, b, c] = [{ dims: [1], data: Float32Array.of(1) }, { dims: [], data: Float64Array.of(2) }, { dims: [2], data: Float32Array.of(3, 4) }];
    const bytes = saveTensors({ c, a, b }, { k: "v" });
    expect(bytes).toEqual(saveTensors({ b, a, c }, { k: "v" }));
    const header = '{"__metadata__":{"k":"v"},"b":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"c":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(bytes).toEqual(fileOf(padded, new Uint8Array([...bytesOf(b.data), ...bytesOf(a.data), ...bytesOf(c.data)])));
  });

  test.each(fixtureNames)("%s of the reference's own writer", async (golden) => {
    const { bytes, tensors } = await fixture(golden);
    expect(plain(loadTensors(bytes))).toEqual(plain({ tensors }));
  });

  test.each([
    ["F32", [1, -2, 0.5], Float32Array.of(1, -2, 0.5), Float32Array],
    ["F64", [1, -2, Math.PI], Float64Array.of(1, -2, Math.PI), Float64Array],
    ["F16", [0, 1, -2, 65504, 2 ** -24, 2 ** -14, Infinity, -Infinity, NaN, -0], Uint16Array.of(0, 0x3c00, 0xc000, 0x7bff, 1, 0x400, 0x7c00, 0xfc00, 0x7e00, 0x8000), Float32Array],
    ["BF16", [1, -2, 3.140625, Infinity, NaN, 2 ** -133], Uint16Array.of(0x3f80, 0xc000, 0x4049, 0x7f80, 0x7fc0, 1), Float32Array],
    ["I64", [-1, 2 ** 53], BigInt64Array.of(-1n, 2n ** 53n), Float64Array],
    ["U64", [2 ** 63], BigUint64Array.of(2n ** 63n), Float64Array],
    ["I32", [-(2 ** 31)], Int32Array.of(-(2 ** 31)), Float64Array],
    ["U32", [2 ** 32 - 1], Uint32Array.of(2 ** 32 - 1), Float64Array],
    ["I16", [-3, 2], Int16Array.of(-3, 2), Float64Array],
    ["U16", [65535], Uint16Array.of(65535), Float64Array],
    ["I8", [-3, 2, 1], Int8Array.of(-3, 2, 1), Float64Array],
    ["U8", [255], Uint8Array.of(255), Float64Array],
    ["BOOL", [1, 0], Uint8Array.of(1, 0), Float64Array],
  ] as const)("%s is read", (dtype, values, array, Kind) => {
    const file = fileOfOne(dtype, [values.length], bytesOf(array));
    // At every offset from a multiple of 8.
    for (let shift = 0; shift < 8; shift++) {
      const moved = new Uint8Array(file.length + shift);
      moved.set(file, shift);
      const { data } = loadTensors(moved.subarray(shift)).tensors["x"]!;
      expect(data).toBeInstanceOf(Kind);
      expect([...data]).toEqual([...values]);
    }
  });

  const four = new Uint8Array(4);
  const entry = (offsets: unknown, more: object = {}) => ({ dtype: "F32", shape: [1], data_offsets: offsets, ...more });
  const hostile: [string, Uint8Array, (string | number | RegExp)[]][] = [
    ["nothing", new Uint8Array(), [8, 0]],
    ["half a length", new Uint8Array(7), [8, 7]],
    ["a header cut short", fileOf({ x: entry([0, 4]) }).subarray(0, 20), [12, /cut short/]],
    ["a header beyond the file", fileOf("{}", four, 7n), [7, 6]],
    ["a header of exabytes", fileOf("{}", four, 2n ** 64n - 1n), ["18446744073709551615", 6]],
    ["a header of gigabytes", fileOf("{}", four, 5_000_000_000n), [5_000_000_000, 6]],
    ["no header", fileOf("", four), [/lists no tensors/]],
    ["no JSON", fileOf("not JSON", four), [/lists no tensors: .+/]],
    ["no UTF-8", new Uint8Array([4, 0, 0, 0, 0, 0, 0, 0, 123, 34, 255, 254]), [/lists no tensors/]],
    ["an array", fileOf([], four), [/lists no tensors/]],
    ["JSON too deep", fileOf(`{"x":${"[".repeat(10_000)}`, four), [/lists no tensors/]],
    ["data cut short", fileOf({ x: entry([0, 4]) }, four.subarray(1)), [4, 3]],
    ["data too long", fileOf({ x: entry([0, 4]) }, new Uint8Array(5)), [4, 5]],
    ["an overlap", fileOf({ x: entry([0, 4]), y: entry([2, 6]) }, new Uint8Array(6)), ["`y`", 2, 4]],
    ["a gap", fileOf({ x: entry([0, 4]), y: entry([8, 12]) }, new Uint8Array(12)), ["`y`", 8, 4]],
    ["offsets beyond the data", fileOf({ x: entry([0, 4]), y: entry([4, 400], { shape: [99] }) }, new Uint8Array(8)), [400, 8]],
    ["offsets backwards", fileOf({ x: entry([4, 0]) }, four), ["`x`", 4, 0]],
    ["a negative offset", fileOf({ x: entry([-4, 0]) }, four), ["`x`", /-4/]],
    ["offsets that are no numbers", fileOf({ x: entry("0-4") }, four), ["`x`"]],
    ["a shape of another size", fileOf({ x: entry([0, 4], { shape: [2] }) }, four), ["`x`", 4, 8]],
    ["a shape beyond counting", fileOf({ x: entry([0, 4], { shape: [2 ** 31, 2 ** 31, 2 ** 31] }) }, four), ["`x`", 4]],
    ["a negative axis", fileOf({ x: entry([0, 4], { shape: [-1] }) }, four), ["`x`", /-1/]],
    ["an unknown dtype", fileOf({ x: entry([0, 4], { dtype: "F99" }) }, four), ["`x`", "`F99`"]],
    ["a dtype that is not read", fileOf({ x: entry([0, 4], { dtype: "F8_E4M3", shape: [4] }) }, four), ["`x`", "F8_E4M3"]],
    ["no dtype", fileOf({ x: { shape: [1], data_offsets: [0, 4] } }, four), ["`x`", /dtype/]],
    ["a name twice", fileOf(`{"x":${JSON.stringify(entry([0, 4]))},"x":${JSON.stringify(entry([0, 4]))}}`, four), ["`x`", /twice/]],
    ["metadata that are no texts", fileOf({ __metadata__: { k: 1 } }), [/__metadata__/]],
    ["a text twice", fileOf('{"__metadata__":{"k":"1","k":"2"}}'), ["`k`", /twice/]],
  ];

  test.each(hostile)("%s is refused", (_, file, says) => {
    expectRefusal(() => loadTensors(file), { code: "file", says });
  });

  test("a file cut anywhere is refused, and so is one with a byte more", () => {
    const file = saveTensors({ x: { dims: [2], data: Float32Array.of(1, 2) }, y: { dims: [1], data: Float64Array.of(3) } }, { k: "v" });
    for (let end = 0; end < file.length; end++) expectRefusal(() => loadTensors(file.subarray(0, end)), { code: "file" });
    expectRefusal(() => loadTensors(new Uint8Array([...file, 0])), { code: "file" });
  });

  test("names of Object's own are names like others", () => {
    const file = fileOf(`{"__proto__":${JSON.stringify(entry([0, 4]))},"constructor":${JSON.stringify(entry([4, 8]))}}`, new Uint8Array(8));
    const { tensors } = loadTensors(file);
    expect(Object.keys(tensors).sort()).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(tensors)).toBe(Object.prototype);
  });

  test("what cannot be saved is refused", () => {
    const data = Float32Array.of(1, 2);
    expectRefusal(() => saveTensors({ x: { dims: [3], data } }), { code: "shape", names: "x", says: [2, 3] });
    expectRefusal(() => saveTensors({ x: { dims: [2], data: [1, 2] as never } }), { code: "dtype", names: "x" });
    expectRefusal(() => saveTensors(null as never), { code: "dtype", names: "tensors" });
    expectRefusal(() => saveTensors({ x: undefined as never }), { code: "dtype", names: "x" });
    expectRefusal(() => saveTensors({ __metadata__: { dims: [2], data } }), { code: "option", says: [/__metadata__/] });
    expectRefusal(() => saveTensors({ "\ud800": { dims: [2], data } }), { code: "option" });
    expectRefusal(() => saveTensors({}, { k: 1 as never }), { code: "option", names: "metadata.k", says: [1] });
    expectRefusal(() => loadTensors("file" as never), { code: "dtype", names: "bytes" });
  });
});
