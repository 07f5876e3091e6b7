// Step sizes and poles at the edges of numbers: nothing, subnormal, huge, infinite and none, for the selective scan, its step and ssd.
import { init, type Real, selectiveScan, selectiveStep, ssd } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { selectiveScan as defined, softplus } from "../reference/selective-scan.js";
import { ssd as definedSsd } from "../reference/ssd.js";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { type Dtype, dtypes, typed } from "../support/precision.js";
import { generator } from "../support/random.js";
import { make } from "../support/selective.js";
import { arraysFor, boundOf } from "../support/ssd-calls.js";

/** Subnormal in float32, and in float64; and the least normal numbers. */
const tiny = [1e-45, 3e-39, 1.2e-38, 5e-324, 2.3e-308];
const steps = [0, -0, ...tiny, ...tiny.map((size) => -size), 1e-7, -1e-7, 0.3, -0.3, 17, 20, -20, 40, 88, -88, 104, -104, 709, -746, 1e9, -1e9, 3e38, -3e38, Infinity, -Infinity, NaN];
const rates = [0, -0, 1e-45, -3e-39, -1e-7, -0.5, -1, -50, -1e9, 1, 80, 1e9, -Infinity, NaN];

/** The least normal number, and the largest. */
const range = { float32: [2 ** -126, 3.402_823_466e38], float64: [2 ** -1022, Number.MAX_VALUE] } as const;
const rounding = { float32: 5e-7, float64: 1.3e-15 } as const;

/** Whether a number is the truth, rounded: infinite above what there is, near nothing below that. `power` is the exponent, whose rounding counts. */
function isRounded(got: number, truth: number, power: number, dtype: Dtype): boolean {
  if (Object.is(got, truth)) return true;
  const [least, most] = range[dtype];
  if (Math.abs(truth) > most) return got === Math.sign(truth) * Infinity;
  const apart = rounding[dtype] * (1 + Math.min(Math.abs(power), 750));
  return Math.abs(got - truth) <= apart * Math.abs(truth) + least;
}

/** What is subnormal may count as nothing, and nothing has no product with infinity. */
const isLost = (x: number, y: number, dtype: Dtype): boolean => Math.min(Math.abs(x), Math.abs(y)) < range[dtype][0] && x * y !== 0 && !(Math.abs(x * y) < Infinity);

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("edges on %s in %s", (name, dtype) => {
  beforeAll(async () => {
    await init({ backend: name });
  });

  // A step for each sequence, a pole for each channel.
  const of = { batch: steps.length, length: 1, channels: rates.length, states: 1, groups: 1 };
  const cells = steps.length * rates.length;
  const filled = (count: number, value: number): Real => typed(dtype, new Array<number>(count).fill(value));
  const dt = typed(dtype, steps.flatMap((step) => rates.map(() => step)));
  const A = typed(dtype, rates);

  /** Fails at the first cell that is not what the truth is, rounded. */
  function check(result: string, values: Real, truth: Float64Array, deltaOf: (dt: number) => number): void {
    values.forEach((value, i) => {
      const [delta, rate] = [deltaOf(dt[i]!), A[i % rates.length]!];
      if (isLost(delta, rate, dtype) || isRounded(value, truth[i]!, delta * rate, dtype)) return;
      expect.fail(`${result} at dt ${dt[i]}, A ${rate} is ${value}, expected ${truth[i]}`);
    });
  }

  test.each([0, 1].flatMap((input) => [false, true].map((dtSoftplus) => [input, dtSoftplus] as const)))("a step of input %i, softplus: %s", (input, dtSoftplus) => {
    const given = { u: filled(cells, input), dt, A, B: filled(steps.length, 1), C: filled(steps.length, 1), state: filled(cells, 1) };
    const want = defined(given, of, { dtSoftplus }).y;
    const { y, state } = selectiveScan(given, of, { dtSoftplus });
    const pool = given.state.slice();
    const { u, B, C } = given;
    const stepped = selectiveStep(pool, { u, dt, A, B, C }, { batch: of.batch, channels: of.channels, states: 1, groups: 1 }, { dtSoftplus }).y;
    for (const [result, values] of Object.entries({ y, state: state as Real, stepped, pool })) check(result, values, want, dtSoftplus ? softplus : Number);
  });

  test.each([0, 1].flatMap((input) => [false, true].map((dtSoftplus) => [input, dtSoftplus] as const)))("a step of ssd of input %i, softplus: %s", (input, dtSoftplus) => {
    const dims = { batch: steps.length, length: 1, heads: rates.length, headDim: 1, states: 1 };
    const given = { x: filled(cells, input), dt, A, B: filled(steps.length, 1), C: filled(steps.length, 1), state: filled(cells, 1) };
    for (const dtLimit of [[-Infinity, Infinity], [0, Infinity], [0.1, 0.2]] as const) {
      const want = definedSsd(given, dims, { dtSoftplus, dtLimit });
      const got = ssd(given, dims, { dtSoftplus, dtLimit });
      const deltaOf = (dt: number): number => Math.min(Math.max(dtSoftplus ? softplus(dt) : dt, dtLimit[0]), dtLimit[1]);
      for (const result of ["y", "state"] as const) check(`${result} within ${dtLimit.join()}`, got[result], want[result], deltaOf);
    }
  });

  test.each(steps.filter((step) => step > -1 && step !== 3e38).map((step) => [step]))("dt of %d in the middle of a sequence", (step) => {
    const sizes = { batch: 1, length: 90, channels: 5, states: 4, groups: 1 };
    const scan = make(3, dtype, sizes);
    scan.dt[40 * 5 + 2] = step;
    const truth = defined(scan, sizes);
    const got = selectiveScan(scan, sizes);
    const limit = dtype === "float64" ? 1e-12 : 2e-6;
    expectClose("y", got.y, truth.y, limit);
    expectClose("state", [got.state as Real], truth.state, limit);
    const dims = { batch: 1, length: 90, heads: 3, headDim: 16, states: 24 };
    const arrays = arraysFor(generator(4), dtype, dims);
    arrays.dt.forEach((value, i) => { arrays.dt[i] = Math.abs(value); });
    arrays.dtBias.fill(0);
    arrays.dt[40 * 3 + 1] = step;
    const [dual, want] = [ssd(arrays, dims), definedSsd(arrays, dims)];
    expectClose("y of ssd", dual.y, want.y, boundOf(dtype));
    expectClose("state of ssd", dual.state, want.state, boundOf(dtype));
  });
});
