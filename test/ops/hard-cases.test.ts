// Gates that defeat other ways to scan: products that vanish, cancel, or forget nothing.
import { type Dims, init } from "ssm-scan";
import { beforeAll, describe, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectDefined } from "../support/judge.js";
import { generator, type Random } from "../support/random.js";
import { complexNumbers, linear, matrix, randomInputs } from "../support/scans.js";

const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** What a gate is, given random numbers and the time. */
const gates: Record<string, (random: Random, t: number) => number> = {
  "between 0 and 1": (random) => random(),
  "hardly below 1": (random) => 0.999 + 0.001 * random(),
  "1: a sum": () => 1,
  "below 1, or exactly 0": (random) => (random() < 0.01 ? 0 : 0.9 + 0.1 * random()),
  normal,
  "near -1": () => -0.999,
  "tiny: the product underflows": (random) => 1e-3 * random(),
  "1 and -1 in turns": (_, t) => (t % 2 === 0 ? 1 : -1),
};

const dims: Dims = { batch: 1, length: 131_072, channels: 8 };

// Double precision has digits to spare.
describe.each(backends)("on %s", (name) => {
  beforeAll(async () => {
    await init({ backend: name, deterministic: true });
  });

  test.each(Object.entries(gates))("linearScan with gates %s", (_, gate) => {
    const random = generator(31);
    const { b, state } = randomInputs(linear, random, "float32", dims);
    const a = b.map((plane) => plane.map((_value, i) => gate(random, Math.floor(i / dims.channels))));
    expectDefined(linear, linear.run({ a, b, state }, dims), { a, b, state }, dims);
  });

  test.each([
    [0.4, 1],
    [0.99, 1],
    [1, 1],
  ])("complexScan with gates of any angle and a magnitude from %d to %d", (low, high) => {
    const random = generator(32);
    const { b, state } = randomInputs(complexNumbers, random, "float32", dims);
    const radius = b[0]!.map(() => low + (high - low) * random());
    const angle = b[0]!.map(() => Math.PI * (2 * random() - 1));
    const a = [Math.cos, Math.sin].map((of) => radius.map((r, i) => r * of(angle[i]!)));
    expectDefined(complexNumbers, complexNumbers.run({ a, b, state }, dims), { a, b, state }, dims);
  });

  test("matrixScan with random matrices of 16", () => {
    const long = { batch: 1, length: 4_096, channels: 16 };
    const given = randomInputs(matrix, generator(33), "float32", long);
    expectDefined(matrix, matrix.run(given, long), given, long);
  });
});
