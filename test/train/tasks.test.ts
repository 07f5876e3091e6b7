// Tasks: shapes, the same examples for the same seed, labels that are right.
import { train } from "ssm-scan";
import { describe, expect, test } from "vitest";
import { generator } from "../support/random.js";

/** Rows of [count, width]. */
const rows = (values: Int32Array, width: number): number[][] => Array.from({ length: values.length / width }, (_, i) => [...values.subarray(i * width, (i + 1) * width)]);

const generated = {
  "selective-copying": (seed: number) => train.selectiveCopying({ length: 20, tokens: 4, vocabSize: 7, epoch: 30, held: 9, seed }),
  "induction-heads": (seed: number) => train.inductionHeads({ length: 24, vocabSize: 7, epoch: 30, held: 9, seed }),
};

describe.each(Object.entries(generated))("%s", (name, make) => {
  const numbers = [0, 5, 29, 1e6];

  test("the same seed and numbers make the same examples, others others", () => {
    const task = make(3);
    expect(task).toMatchObject({ name, dInput: 7, classes: 7, labels: "step" });
    expect([task.training.count, task.validation.count, task.test.count]).toEqual([30, 9, 9]);
    expect(task.training.endless).toBe(true);
    const first = task.training.examples(numbers);
    expect(make(3).training.examples(numbers)).toEqual(first);
    expect(task.training.examples(numbers.toReversed()).input.subarray(0, first.length)).toEqual(first.input.subarray(3 * first.length));
    const others = [make(4).training, task.validation, task.test].map((set) => String(set.examples(numbers).input));
    expect(new Set([String(first.input), ...others]).size).toBe(4);
  });
});

test("selective copying: the tokens, in their order, where marks stand", () => {
  const { input, labels, batch, length } = generated["selective-copying"](1).training.examples(Array.from({ length: 50 }, (_, i) => i));
  expect([batch, length, input.length, labels.length]).toEqual([50, 24, 1200, 1200]);
  rows(input as Int32Array, 24).forEach((tokens, i) => {
    const said = tokens.slice(0, 20).filter((token) => token > 0);
    expect(said).toHaveLength(4);
    for (const token of said) expect(token).toBeLessThan(6);
    expect(tokens.slice(20)).toEqual([6, 6, 6, 6]);
    expect(rows(labels, 24)[i]).toEqual([...Array.from({ length: 20 }, () => -1), ...said]);
  });
  expect(train.selectiveCopying().training.examples([7]).length).toBe(4096 + 16);
});

test("induction heads: the token after the mark, asked for at the mark's second time", () => {
  const { input, labels } = generated["induction-heads"](1).training.examples(Array.from({ length: 50 }, (_, i) => i));
  rows(input as Int32Array, 24).forEach((tokens, i) => {
    expect(tokens.filter((token) => token === 6)).toHaveLength(2);
    expect(tokens[23]).toBe(6);
    expect(rows(labels, 24)[i]).toEqual([...Array.from({ length: 23 }, () => -1), tokens[tokens.indexOf(6) + 1]]);
  });
});

test("text: each label is the next byte, and the parts do not meet", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);
  const task = train.text(bytes, { length: 10, held: 0.1, seed: 2 });
  expect(task).toMatchObject({ dInput: 256, classes: 256, labels: "step" });
  expect([task.training.count, task.validation.count, task.test.count]).toEqual([79, 9, 9]);
  for (const [set, from, to] of [[task.training, 0, 800], [task.validation, 800, 900], [task.test, 900, 1000]] as const) {
    const { input, labels, length } = set.examples(Array.from({ length: set.count }, (_, i) => i));
    expect(length).toBe(10);
    labels.forEach((label, i) => expect(label).toBe((input[i]! + 1) % 256));
    const own = bytes.subarray(from, to);
    for (const row of rows(input as Int32Array, 10)) expect(own.some((_, i) => String(own.subarray(i, i + 10)) === String(row))).toBe(true);
  }
  expect(task.training.examples([3, 4])).toEqual(train.text(bytes, { length: 10, held: 0.1, seed: 2 }).training.examples([3, 4]));
});

describe("digits", () => {
  const images = (count: number, seed: number): train.Images => {
    const uniform = generator(seed);
    return { pixels: Uint8Array.from({ length: 784 * count }, () => 256 * uniform()), labels: Uint8Array.from({ length: count }, (_, i) => i % 10) };
  };
  const all = { training: images(12, 1), test: images(5, 2), validation: 3 };

  test("pixels in their order, measured by mean and deviation", () => {
    const task = train.digits(all);
    expect(task).toMatchObject({ name: "smnist", dInput: 1, classes: 10, labels: "sequence" });
    expect([task.training.count, task.validation.count, task.test.count]).toEqual([9, 3, 5]);
    const { input, labels, length } = task.validation.examples([2, 0]);
    expect([length, ...labels]).toEqual([784, 1, 9]);
    const expected = [11, 9].flatMap((image) => [...all.training.pixels.subarray(784 * image, 784 * (image + 1))]);
    expect(input).toEqual(Float32Array.from(expected, (pixel) => (pixel / 255 - 0.1307) / 0.3081));
    expect([...task.test.examples([4]).labels]).toEqual([4]);
  });

  test("permuted: one order for all, by its seed", () => {
    const plain = train.digits(all).training.examples([0, 8]);
    const [first, again, other] = [1, 1, 2].map((permuted) => train.digits({ ...all, permuted }));
    const { input } = first!.training.examples([0, 8]);
    expect(first!.name).toBe("pmnist");
    expect(again!.training.examples([0, 8]).input).toEqual(input);
    expect(other!.training.examples([0, 8]).input).not.toEqual(input);
    expect(input.slice(0, 784).sort()).toEqual(plain.input.slice(0, 784).sort());
    // Where a value stands once in one image, the other has its own of the same place.
    for (let t = 0; t < 784; t++) {
      const from = Array.from({ length: 784 }, (_, i) => i).filter((i) => plain.input[i] === input[t]);
      expect(from.some((i) => plain.input[784 + i] === input[784 + t])).toBe(true);
    }
  });

  test.each<[train.DigitsOptions, RegExp]>([
    [{ ...all, validation: 12 }, /`validation` 12 leaves nothing of 12 images/],
    [{ ...all, test: { ...all.test, pixels: new Uint8Array(5) } }, /`test` has 5 pixels, expected 5 x 784/],
  ])("what does not fit is refused", (options, sentence) => {
    expect(() => train.digits(options)).toThrow(sentence);
  });
});

test.each<[string, () => unknown, RegExp]>([
  ["more tokens than steps", () => train.selectiveCopying({ length: 3, tokens: 4 }), /`tokens` 4 is more than `length` 3/],
  ["no tokens", () => train.selectiveCopying({ vocabSize: 2 }), /`vocabSize` 2 has no tokens beside noise and mark, expected at least 3/],
  ["no room", () => train.inductionHeads({ length: 2 }), /`length` 2 has no room for mark, token and mark, expected at least 3/],
  ["no token", () => train.inductionHeads({ vocabSize: 1 }), /`vocabSize` 1 has no token beside the mark/],
  ["a short text", () => train.text(new Uint8Array(100), { length: 10 }), /5 bytes are held back of 100, expected more than `length` 10/],
])("%s: refused", (_, make, sentence) => {
  expect(make).toThrow(sentence);
});

test("a generator goes on from its state", () => {
  const first = train.random(5);
  first.normal();
  const second = train.random(0);
  second.load(first.state());
  expect([second.uniform(), second.normal()]).toEqual([first.uniform(), first.normal()]);
  expect(() => { second.load([1, 2]); }).toThrow(/a state has 4 whole numbers, got \[1, 2\]/);
});
