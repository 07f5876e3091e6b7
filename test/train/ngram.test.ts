// Counts of what follows: probabilities worked out by hand, and what is refused.
import { ScanError, train } from "ssm-scan";
import { expect, test } from "vitest";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("without contexts: shares of bytes, mixed with what any byte has", () => {
  // a 3 times, b once, of 2 kinds: (3 + 2 / 256) / 6, (1 + 2 / 256) / 6, and of others (2 / 256) / 6.
  const of = (text: string): number => train.ngramBits(bytes("aaba"), bytes(text), 0);
  expect(of("a")).toBeCloseTo(-Math.log2((3 + 2 / 256) / 6), 12);
  expect(of("b")).toBeCloseTo(-Math.log2((1 + 2 / 256) / 6), 12);
  expect(of("xx")).toBeCloseTo(-Math.log2(2 / 256 / 6), 12);
});

test("a context of one byte, mixed with none", () => {
  // After a: a once, b once, of 2 kinds; after b: a once, of 1 kind. The first byte has no context.
  const [a, b] = [(3 + 2 / 256) / 6, (1 + 2 / 256) / 6];
  const bits = -Math.log2(b) - Math.log2((1 + a) / 2) - Math.log2((1 + 2 * b) / 4);
  expect(train.ngramBits(bytes("aaba"), bytes("bab"), 1)).toBeCloseTo(bits / 3, 12);
});

test("a context that never was leaves it to the shorter ones", () => {
  expect(train.ngramBits(bytes("aaba"), bytes("xa"), 3)).toBeCloseTo((-Math.log2(2 / 256 / 6) - Math.log2((3 + 2 / 256) / 6)) / 2, 12);
});

test("nothing was seen: each byte has 8 bits", () => {
  expect(train.ngramBits(new Uint8Array(0), bytes("any"))).toBe(8);
});

test.each<[() => number, RegExp]>([
  [() => train.ngramBits(bytes("a"), bytes("a"), 6), /`order` must be a whole number from 0 to 5, got 6/],
  [() => train.ngramBits(bytes("a"), bytes("")), /`text` has 0 bytes, expected at least 1/],
])("%s is refused", (call, sentence) => {
  expect(call).toThrow(ScanError);
  expect(call).toThrow(sentence);
});
