// Prefixes under any associative operator: elements of any type, in the order of time, by a shallow tree.
import { associativeScan } from "ssm-scan";
import { describe, expect, test } from "vitest";

const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 31, 32, 33, 100, 1000];
const letters = (size: number): string[] => Array.from({ length: size }, (_, i) => `${i},`);
const join = (earlier: string, later: string): string => earlier + later;

describe.each(sizes)("associativeScan of %i elements", (size) => {
  test("gives every prefix, the operands in the order of time", () => {
    const elements = letters(size);
    const prefixes = elements.map((_, i) => elements.slice(0, i + 1).join(""));
    expect(associativeScan(join, elements)).toEqual(prefixes);
  });

  test("gives every suffix with `reverse`, the operands still in the order of time", () => {
    const elements = letters(size);
    const suffixes = elements.map((_, i) => elements.slice(i).join(""));
    expect(associativeScan(join, elements, { reverse: true })).toEqual(suffixes);
  });

  test("combines at most 2n times, in a tree of depth 2 log2 n", () => {
    let calls = 0;
    const deeper = (x: number, y: number): number => {
      calls++;
      return Math.max(x, y) + 1;
    };
    const depths = associativeScan(deeper, Array.from({ length: size }, () => 0));
    expect(calls).toBeLessThanOrEqual(2 * size);
    expect(Math.max(0, ...depths)).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(Math.max(size, 1))));
  });

  test("gives an array of its own and leaves the elements alone", () => {
    const elements = Object.freeze(letters(size));
    const before = [...elements];
    expect(associativeScan(join, elements)).not.toBe(elements);
    expect(elements).toEqual(before);
  });
});

test("never calls the operator for one element", () => {
  const never = (): never => {
    throw new Error("called");
  };
  expect(associativeScan(never, ["only"])).toEqual(["only"]);
});

test("passes on what the operator throws", () => {
  const failure = new Error("from the operator");
  expect(() =>
    associativeScan(() => {
      throw failure;
    }, [1, 2]),
  ).toThrow(failure);
});

test("makes a scan of pairs, as linearScan's are", () => {
  const gates = [0.5, 2, 0.25, 1];
  const pairs = gates.map((a, i) => ({ a, b: i }));
  const states = associativeScan((x, y) => ({ a: y.a * x.a, b: y.a * x.b + y.b }), pairs).map(({ b }) => b);
  expect(states).toEqual([0, 1, 2.25, 5.25]);
});

describe.each(sizes.filter((size) => size <= 100))("associativeScan of %i matrices, which do not commute", (size) => {
  type Matrix = readonly [bigint, bigint, bigint, bigint];
  const then = ([a, b, c, d]: Matrix, [e, f, g, h]: Matrix): Matrix => [e * a + f * c, e * b + f * d, g * a + h * c, g * b + h * d];
  const elements = Array.from({ length: size }, (_, i): Matrix => [1n, BigInt(i % 3), BigInt(i % 2), 2n]);

  test.each([false, true])("multiplies them in the order of time, reverse: %s", (reverse) => {
    const want = elements.map((_, i) => (reverse ? elements.slice(i) : elements.slice(0, i + 1)).reduce(then));
    expect(associativeScan(then, elements, { reverse })).toEqual(want);
  });
});
