// Wav files: samples of every encoding are read in pieces, hostile files are refused.
import { WavReader } from "ssm-scan";
import { expect, test } from "vitest";
import { chunk, counted, format, wavFile } from "../support/made-files.js";
import { expectRefusal } from "../support/refusal.js";
import { bytesOf } from "../support/tensor-file.js";

const guid = [1, 0, 0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113];
const extension = [22, 0, 16, 0, 3, 0, 0, 0, ...guid];

test.each([
  ["8 bits", format(1, 2, 8), Uint8Array.of(0, 128, 255, 64), [-1, 0, 127 / 128, -0.5]],
  ["16 bits", format(1, 2, 16), bytesOf(Int16Array.of(-32768, 0, 32767, 16384)), [-1, 0, 32767 / 32768, 0.5]],
  ["24 bits", format(1, 2, 24), Uint8Array.of(0, 0, 128, 0, 0, 0, 255, 255, 127, 0, 0, 64), [-1, 0, 1 - 2 ** -23, 0.5]],
  ["32 bits", format(1, 2, 32), bytesOf(Int32Array.of(-(2 ** 31), 0, 2 ** 30, 1)), [-1, 0, 0.5, 2 ** -31]],
  ["float", format(3, 2, 32), bytesOf(Float32Array.of(-1, 0, 0.5, 1.5)), [-1, 0, 0.5, 1.5]],
  ["double", format(3, 2, 64), bytesOf(Float64Array.of(-1, 0, 0.5, 2 ** -30)), [-1, 0, 0.5, 2 ** -30]],
  ["extensible, 16 bits", format(0xfffe, 2, 16, { extension }), bytesOf(Int16Array.of(-32768, 0, 1, 16384)), [-1, 0, 2 ** -15, 0.5]],
])("%s", (_, fmt, data, samples) => {
  // Chunks in between are passed over, of odd lengths too, and so is what follows.
  const source = counted(wavFile(chunk("fmt ", fmt), chunk("LIST", [1, 2, 3]), chunk("data", data), chunk("id3 ", [1])));
  const reader = new WavReader(source);
  expect(reader.shape).toEqual([2, 2]);
  expect(reader.rate).toBe(8000);
  expect(reader.read(0, 2)).toEqual(Float32Array.from(samples));
  expect(reader.read(1, 1)).toEqual(Float32Array.from(samples.slice(2)));
});

test("samples are read in pieces, and no more than asked for", () => {
  const samples = Int16Array.from({ length: 3000 }, (_, i) => i);
  const source = counted(wavFile(chunk("fmt ", format(1, 3, 16)), chunk("data", bytesOf(samples))));
  const reader = new WavReader(source);
  expect([...reader.read(500, 10)]).toEqual(Array.from({ length: 30 }, (_, i) => (1500 + i) / 32768));
  expect(source.longest).toBe(60);
  expectRefusal(() => reader.read(999, 2), { code: "shape", says: [1001, 1000] });
});

const fmt = chunk("fmt ", format(1, 2, 16));
const data = chunk("data", [1, 2, 3, 4, 5, 6, 7, 8]);
const right = wavFile(fmt, data);

const hostile: [string, Uint8Array, (string | number | RegExp)[]][] = [
  ["nothing", new Uint8Array(), [/no wav/]],
  ["another file", new TextEncoder().encode("RIFX0000WAVEfmt "), [/no wav/, /RIFX/]],
  ["no chunks", wavFile(), [/"data"/]],
  ["no format", wavFile(data), [/"fmt "/]],
  ["no data", wavFile(fmt), [/"data"/]],
  ["a format too short", wavFile(chunk("fmt ", [1, 0]), data), [2, 16]],
  ["data beyond the file", wavFile(fmt, chunk("data", [1, 2, 3, 4], 400)), [400, 4]],
  ["data of gigabytes", wavFile(fmt, chunk("data", [1, 2, 3, 4], 0xffffffff)), [4294967295, 4]],
  ["a chunk beyond the file", wavFile(chunk("LIST", [1], 5000), fmt, data), [/LIST/, 5000]],
  ["half a step of data", wavFile(fmt, chunk("data", [1, 2, 3, 4, 5, 6])), [6, 4]],
  ["no channels", wavFile(chunk("fmt ", format(1, 0, 16)), data), [0, /channels/]],
  ["12 bits", wavFile(chunk("fmt ", format(1, 2, 12)), data), [12]],
  ["a codec", wavFile(chunk("fmt ", format(85, 2, 16)), data), [85]],
  ["steps of another size", wavFile(chunk("fmt ", format(1, 2, 16, { block: 3 })), data), [3, 4]],
];

test.each(hostile)("%s: refused", (_, file, says) => {
  expectRefusal(() => new WavReader(counted(file)), { code: "file", says });
});

test("a file cut anywhere is refused", () => {
  for (let end = 0; end < right.length; end++) expectRefusal(() => new WavReader(counted(right.subarray(0, end))), { code: "file" });
});
