// Npy files: what numpy writes is read in pieces, what is written grows, hostile files are refused.
import fc from "fast-check";
import { NpyReader, NpyWriter } from "ssm-scan";
import { describe, expect, test } from "vitest";
import { law } from "../support/law.js";
import { counted, Kept, npyFile } from "../support/made-files.js";
import { dtypes, typed } from "../support/precision.js";
import { expectRefusal } from "../support/refusal.js";
import { bytesOf } from "../support/tensor-file.js";

const header = (descr: string, shape: string, order = "False"): string => `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }          \n`;
const six = Float32Array.of(1, 2, 3, 4, 5, 6);

test.each([
  ["<f8", Float64Array.of(1, Math.PI)],
  ["<f4", Float32Array.of(1, -0.5)],
  ["<f2", Uint16Array.of(0x3c00, 0xb800)],
  ["<i8", BigInt64Array.of(1n, -2n)],
  ["<u8", BigUint64Array.of(1n, 2n)],
  ["<i4", Int32Array.of(1, -2)],
  ["<u4", Uint32Array.of(1, 2 ** 31)],
  ["<i2", Int16Array.of(1, -2)],
  ["<u2", Uint16Array.of(1, 65535)],
  ["|i1", Int8Array.of(1, -2)],
  ["|u1", Uint8Array.of(1, 255)],
  ["|b1", Uint8Array.of(1, 0)],
])("%s is read, in every version", (descr, array) => {
  const want = descr === "<f2" ? [1, -0.5] : Array.from(array as ArrayLike<number | bigint>, Number);
  for (const version of [1, 2, 3]) {
    const reader = new NpyReader(counted(npyFile(header(descr, "(2,)"), bytesOf(array), { version })));
    expect(reader.shape).toEqual([2]);
    const read = reader.read(0, 1);
    expect(read).toBeInstanceOf(descr === "<f4" || descr === "<f2" ? Float32Array : Float64Array);
    expect([...read]).toEqual(want);
  }
});

test("headers are read as Python writes them", () => {
  const read = (text: string) => new NpyReader(counted(npyFile(text, bytesOf(six)))).shape;
  expect(read("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n")).toEqual([2, 3]);
  expect(read("{'shape':(2,3),'fortran_order':False,'descr':'<f4'}")).toEqual([2, 3]);
  expect(read("{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L)}")).toEqual([2, 3]);
  expect(read("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 6), }\n")).toEqual([1, 6]);
  const [single] = [Float64Array.of(7)];
  const reader = new NpyReader(counted(npyFile(header("<f8", "()"), bytesOf(single))));
  expect([reader.shape, [...reader.read(0, 1)]]).toEqual([[], [7]]);
});

test("rows are read in pieces, and no more than asked for", () => {
  const values = new Float32Array(400 * 3).map((_, i) => i);
  const source = counted(npyFile(header("<f4", "(20, 20, 3)"), bytesOf(values)));
  const reader = new NpyReader(source);
  const read = [0, 7, 100, 390].flatMap((first) => [...reader.read(first, 10)]);
  expect(read).toEqual([0, 7, 100, 390].flatMap((first) => [...values.subarray(3 * first, 3 * first + 30)]));
  expect(source.longest).toBeLessThanOrEqual(120);
  expect([...reader.read(400, 0)]).toEqual([]);
  expectRefusal(() => reader.read(395, 10), { code: "shape", says: [405, 400] });
});

describe.each(dtypes)("%s", (dtype) => {
  law("what is written in pieces is read as a whole", fc.tuple(fc.array(fc.nat({ max: 5 }), { maxLength: 6 }), fc.integer({ min: 1, max: 4 })), ([lengths, width]) => {
    const sink = new Kept();
    const writer = new NpyWriter(sink, dtype);
    const rows = lengths.reduce((sum, length) => sum + length, 0);
    const values = typed(dtype, Array.from({ length: rows * width }, (_, i) => Math.sin(i)));
    let row = 0;
    for (const length of lengths) {
      writer.append(values.subarray(row * width, (row + length) * width));
      row += length;
    }
    writer.end([rows, width]);
    const reader = new NpyReader(counted(sink.bytes));
    expect(reader.shape).toEqual([rows, width]);
    expect(reader.read(0, rows)).toEqual(values);
  });
});

test("values may be put anywhere, and the file is none before its end", () => {
  const sink = new Kept();
  const writer = new NpyWriter(sink, "float32");
  writer.put(3, six.subarray(3));
  writer.put(0, six.subarray(0, 3));
  expectRefusal(() => new NpyReader(counted(sink.bytes)), { code: "file" });
  expectRefusal(() => writer.end([7]), { code: "shape", says: [6, 7] });
  expectRefusal(() => writer.append(new Float64Array(1)), { code: "dtype" });
  writer.end([6]);
  expect(String.fromCharCode(...sink.bytes.subarray(10, 70))).toContain("'shape': (6,), }");
  expect([...new NpyReader(counted(sink.bytes)).read(0, 1)]).toEqual([...six]);
});

test("an array without rows is a file", () => {
  const sink = new Kept();
  new NpyWriter(sink, "float64").end([0, 3]);
  expect(new NpyReader(counted(sink.bytes)).shape).toEqual([0, 3]);
});

const data = bytesOf(six);
const right = npyFile(header("<f4", "(2, 3)"), data);

const hostile: [string, Uint8Array, (string | number | RegExp)[]][] = [
  ["nothing", new Uint8Array(), [/no npy/]],
  ["another file", new TextEncoder().encode("PK\x03\x04 an archive"), [/no npy/]],
  ["a version to come", npyFile(header("<f4", "(2, 3)"), data, { version: 4 }), [4, 3]],
  ["a header beyond the file", npyFile(header("<f4", "(2, 3)"), [], { length: 60_000 }), [60_000]],
  ["a header of gigabytes", npyFile(header("<f4", "(2, 3)"), data, { version: 2, length: 4_000_000_000 }), [4_000_000_000]],
  ["a header too long", npyFile(header("<f4", "(2, 3)").padEnd(70_000), data, { version: 2 }), [65_536, /more than/]],
  ["data cut short", right.subarray(0, -1), [23, 24]],
  ["data too long", Uint8Array.of(...right, 0), [25, 24]],
  ["no literal", npyFile("import os", data), [/import os/]],
  ["a list", npyFile("[1, 2]", data), [/descr/]],
  ["None", npyFile("null", data), [/descr/]],
  ["big-endian numbers", npyFile(header(">f4", "(2, 3)"), data), [">f4"]],
  ["objects", npyFile(header("|O", "(2, 3)"), data), ["|O"]],
  ["fields", npyFile("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,)}", data), [/descr/]],
  ["a dtype called like Object's own", npyFile(header("constructor", "(2, 3)"), data), ["constructor"]],
  ["Fortran order", npyFile(header("<f4", "(2, 3)", "True"), data), [/Fortran/]],
  ["no order", npyFile("{'descr': '<f4', 'shape': (6,)}", data), [/fortran_order/]],
  ["no shape", npyFile("{'descr': '<f4', 'fortran_order': False}", data), [/shape/]],
  ["a negative axis", npyFile(header("<f4", "(-2, -3)"), data), [/shape/, -2]],
  ["a broken axis", npyFile(header("<f4", "(2.5, 3)"), data), [/shape/, 2.5]],
  ["axes beyond counting", npyFile(header("<f4", "(1000000000, 1000000000, 1000000000)"), data), [24]],
];

test.each(hostile)("%s is refused", (_, file, says) => {
  expectRefusal(() => new NpyReader(counted(file)), { code: "file", says });
});

test("a file cut anywhere is refused", () => {
  for (let end = 0; end < right.length; end++) expectRefusal(() => new NpyReader(counted(right.subarray(0, end))), { code: "file" });
});
