// Numbers of 16 bits: to float32 and back, and the nearest of what lies between.
import { expect, test } from "vitest";
import { narrow, widen } from "../../src/io/half.js";
import { wordsOf } from "../support/checkpoints.js";
import { generator } from "../support/random.js";

const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);

test.each(["float16", "bfloat16"] as const)("every %s comes back", (format) => {
  const values = widen(format, all);
  const back = narrow(format, values);
  expect(all.filter((bits) => !Number.isNaN(values[bits]!) && back[bits] !== bits)).toHaveLength(0);
  expect(widen(format, back).filter(Number.isNaN)).toHaveLength(values.filter(Number.isNaN).length);
});

test.each(["float16", "bfloat16"] as const)("the nearest %s, of two the even one", (format) => {
  const random = generator(3);
  const values = Float32Array.from({ length: 2000 }, () => (2 * random() - 1) * 2 ** Math.floor(40 * random() - 28));
  expect([...narrow(format, values)]).toEqual([...wordsOf(format, values)]);
  const words = all.subarray(1, 0x7b00);
  const [low, high] = [widen(format, words), widen(format, words.map((word) => word + 1))];
  const middle = low.map((value, i) => (value + high[i]!) / 2);
  expect([...narrow(format, middle)]).toEqual([...words].map((word) => word + (word % 2)));
});

test("what is too large becomes infinite", () => {
  expect([...widen("float16", narrow("float16", Float32Array.of(65_504, 65_519, 65_520, -1e9, Infinity)))]).toEqual([65_504, 65_504, Infinity, -Infinity, Infinity]);
  expect([...widen("bfloat16", narrow("bfloat16", Float32Array.of(3.4e38, -3.4e38)))]).toEqual([Infinity, -Infinity]);
});
