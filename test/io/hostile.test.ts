// Files that were damaged: whatever bytes they hold, they are read or refused with one clear error.
import fc from "fast-check";
import { ClassificationModel, type Layer, loadBackend, loadLayer, loadState, loadTensors, MinGru, NpyReader, saveLayer, saveState, saveTensors, ScanError, SequenceModel, useBackend, WavReader } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { layers } from "../support/every-layer.js";
import { law } from "../support/law.js";
import { chunk, format, npyFile, wavFile } from "../support/made-files.js";
import { expectRefusal } from "../support/refusal.js";
import { bytesOf, fileOf, fileOfOne } from "../support/tensor-file.js";

const six = Float32Array.of(1, 2, 3, 4, 5, 6);
const npy = npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }          \n", bytesOf(six));
const wav = wavFile(chunk("fmt ", format(3, 3, 32)), chunk("LIST", [1, 2, 3]), chunk("data", bytesOf(six)));

/** Reads it or refuses it; anything else that is thrown is a failure. */
function survives(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ScanError);
    expect((error as ScanError).code).toBe("file");
    expect((error as ScanError).message).toMatch(/^[^\n]{10,600}$/);
  }
}

/** Bytes put over others, cut out or put in between. */
const damage = fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), kind: fc.constantFrom("over", "cut", "between"), bytes: fc.uint8Array({ minLength: 1, maxLength: 9 }) }), { minLength: 1, maxLength: 4 });

function damaged(file: Uint8Array, changes: readonly { at: number; kind: string; bytes: Uint8Array }[]): Uint8Array {
  let own = [...file];
  for (const { at, kind, bytes } of changes) {
    const place = Math.floor(at * own.length);
    own = [...own.slice(0, place), ...(kind === "cut" ? [] : bytes), ...own.slice(place + (kind === "between" ? 0 : bytes.length))];
  }
  return Uint8Array.from(own);
}

const readers: [string, Uint8Array, (file: Uint8Array) => unknown][] = [
  ["npy", npy, (file) => { const reader = new NpyReader(file); return reader.shape.length > 0 ? reader.read(0, 1) : reader.shape; }],
  ["wav", wav, (file) => { const reader = new WavReader(file); return reader.read(0, Math.min(1, reader.shape[0])); }],
];

describe.each(readers)("%s", (_, file, read) => {
  law("damaged anywhere", damage, (changes) => survives(() => read(damaged(file, changes))), 400);

  test("with each of its bytes another", () => {
    for (let at = 0; at < file.length; at++) for (const value of [0, 0x30, 0x7f, 0x80, 0xff]) survives(() => read(file.with(at, value)));
  });
});

test.each([
  ["sizes that are NaN", "(NaN, 3)"],
  ["sizes that are infinite", "(1e999, 3)"],
  ["sizes that are texts", "('2', 3)"],
  ["sizes of sizes", "((2, 3),)"],
  ["a size that is no tuple", "6"],
  ["a size that is True", "(True, 6)"],
])("npy: %s are refused", (_, shape) => {
  expectRefusal(() => new NpyReader(npyFile(`{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`, bytesOf(six))), { code: "file" });
});

test("npy: a header that is no text is refused", () => {
  expectRefusal(() => new NpyReader(npyFile("{'descr': '<f4', 'fortran_order': \xff\xfe, 'shape': (2, 3)}", bytesOf(six))), { code: "file", says: [/npy header/] });
});

test("wav: a channel for each of its bytes, and rates of nothing, are no reason to fail otherwise", () => {
  survives(() => new WavReader(wavFile(chunk("fmt ", format(1, 65535, 8)), chunk("data", [1, 2, 3]))));
  const none = new WavReader(wavFile(chunk("fmt ", format(1, 2, 16)), chunk("data", [])));
  expect(none.shape).toEqual([0, 2]);
  expect(none.read(0, 0)).toHaveLength(0);
});

describe.each(backends)("safetensors on %s", (backend) => {
  beforeAll(async () => useBackend(await loadBackend(backend)));

  const tensors = { x: { dims: [2, 3], data: six }, y: { dims: [1], data: Float64Array.of(3) } };
  const file = () => saveTensors(tensors, { k: "v" });
  const layer = () => saveLayer(new MinGru({ dModel: 2, expansionFactor: 1.5 }));
  const state = () => saveState(new MinGru({ dModel: 2 }).initialState(3));

  law("damaged anywhere", damage, (changes) => survives(() => loadTensors(damaged(file(), changes))), 400);
  law("layers damaged anywhere", damage, (changes) => survives(() => loadLayer(damaged(layer(), changes))), 400);
  law("states damaged anywhere", damage, (changes) => survives(() => loadState(damaged(state(), changes))), 200);

  test("with each of its bytes another", () => {
    const bytes = file();
    for (let at = 0; at < bytes.length; at++) for (const value of [0, 0x30, 0x7f, 0x80, 0xff]) survives(() => loadTensors(bytes.with(at, value)));
  });

  const four = new Uint8Array(4);
  test.each([
    ["sizes that are NaN", "NaN"],
    ["sizes that are infinite", "1e999"],
    ["sizes that are fractions", "1.5"],
    ["sizes that are texts", '"1"'],
    ["sizes beyond 2^64", "18446744073709551617"],
  ])("%s are refused", (_, size) => {
    expectRefusal(() => loadTensors(fileOf(`{"x":{"dtype":"F32","shape":[${size}],"data_offsets":[0,4]}}`, four)), { code: "file" });
    expectRefusal(() => loadTensors(fileOf(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,${size}]}}`, four)), { code: "file" });
  });

  test("a name, a dtype or a text that is no UTF-8 is refused", () => {
    for (const where of ["x", "F32", "v"]) {
      const bytes = fileOf({ __metadata__: { k: "v" }, x: { dtype: "F32", shape: [1], data_offsets: [0, 4] } }, four);
      const at = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("").indexOf(`"${where}"`) + 1;
      expectRefusal(() => loadTensors(bytes.with(at, 0xff)), { code: "file" });
    }
  });

  test("a million axes, or names, are read or refused", () => {
    survives(() => loadTensors(fileOfOne("F32", new Array<number>(1_000_000).fill(1), four)));
    survives(() => loadTensors(fileOf(`{${Array.from({ length: 100_000 }, (_, i) => `"${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`).join()}}`)));
  });

  const each = new Map(layers.map((subject) => [subject.title.split(" ")[0], subject]));
  test.each([...each.keys()].map((name) => [name!, each.get(name)!] as const))("options of %s that would fill the memory, or take forever, are refused", (_, subject) => {
    const own = subject.make("float32");
    const { tensors: saved, metadata } = loadTensors(saveLayer(own));
    const options = JSON.parse(metadata["options"]!) as Record<string, unknown>;
    const counts = Object.keys(options).filter((name) => name !== "seed" && Number.isInteger(options[name]));
    expect(counts.length).toBeGreaterThan(0);
    for (const name of counts) {
      for (const size of [100_000, 1e9]) {
        const changed = saveTensors(saved, { ...metadata, options: JSON.stringify({ ...options, [name]: size }) });
        survives(() => loadLayer(changed));
      }
    }
  });
});

/** Models are made from the specs of their layers, which may be as large. */
test("a layer in a model that would fill the memory is refused", async () => {
  useBackend(await loadBackend(backends[0]!));
  const models: Layer[] = [
    new SequenceModel({ dModel: 2, nLayers: 1, layer: { name: "LinearRnn" } }),
    new ClassificationModel({ dModel: 2, nLayers: 1, dOutput: 2, layer: { name: "S5Ssm", options: { ssmSize: 4 } } }),
  ];
  for (const model of models) {
    const { tensors, metadata } = loadTensors(saveLayer(model));
    for (const name of ["stateSize", "ssmSize", "dState"]) {
      const options = metadata["options"]!.replace(new RegExp(`"${name}":\\d+`), `"${name}":1000000`);
      if (options !== metadata["options"]) expectRefusal(() => loadLayer(saveTensors(tensors, { ...metadata, options })), { code: "file", names: name });
    }
  }
});
