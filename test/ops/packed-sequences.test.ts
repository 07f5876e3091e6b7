// 300 packed sequences of 1 to 199 steps are the sequences apart, where states enter and where there are resets.
import { causalConv1d, init, type Real, selectiveScan, ssd, type SsdInputs } from "ssm-scan";
import { beforeAll, describe, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { dtypes, type Dtype } from "../support/precision.js";
import { generator, marks, uniform } from "../support/random.js";
import { make, planesOf } from "../support/selective.js";
import { arraysFor } from "../support/ssd-calls.js";

const SEQUENCES = 300;

/** Planes of an argument or of a result: arrays, of complex ones two. */
type Planes = readonly Real[];
type Arrays = Readonly<Record<string, Planes>>;
interface How {
  cuSeqlens?: Int32Array;
  reset?: Uint8Array;
}

/** An operator; `timed` are widths of what has steps, `kept` those of states. */
interface Operator {
  arrays(dtype: Dtype, length: number): Arrays;
  timed: Readonly<Record<string, number>>;
  kept: number;
  run(arrays: Arrays, length: number, how: How): { y: Real; state: Planes };
}

const [channels, states, groups] = [2, 3, 2];
const one = (arrays: Arrays): Record<string, Real> => Object.fromEntries(Object.entries(arrays).map(([name, [plane]]) => [name, plane!]));
const single = (arrays: object): Arrays => Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, [array as Real]]));

const selective = (complex: boolean): Operator => ({
  arrays: (dtype, length) => Object.fromEntries(Object.entries(make(6, dtype, { batch: 1, length, channels, states, groups }, { complex, sequences: SEQUENCES })).map(([name, value]) => [name, planesOf(value as Real)])),
  timed: { u: channels, dt: channels, z: channels, B: groups * states, C: groups * states },
  kept: channels * states,
  run(arrays, length, how) {
    const inputs = Object.fromEntries(Object.entries(arrays).map(([name, [re, im]]) => [name, im ? { re, im } : re]));
    const { y, state } = selectiveScan(inputs as never, { batch: 1, length, channels, states, groups }, { ...how, dtSoftplus: true });
    return { y: y as Real, state: planesOf(state as Real) };
  },
});

const [heads, headDim] = [2, 4];
const dims = { batch: 1, heads, headDim, states, groups: 1 };

const operators: Readonly<Record<string, Operator>> = {
  selectiveScan: selective(false),
  "complex selectiveScan": selective(true),
  ssd: {
    arrays: (dtype, length) => single(arraysFor(generator(7), dtype, { ...dims, length }, { sequences: SEQUENCES })),
    timed: { x: heads * headDim, z: heads * headDim, dt: heads, B: states, C: states },
    kept: heads * headDim * states,
    run(arrays, length, how) {
      const { y, state } = ssd(one(arrays) as unknown as SsdInputs, { ...dims, length }, { ...how, dtSoftplus: true });
      return { y, state: [state] };
    },
  },
  causalConv1d: {
    arrays(dtype, length) {
      const random = generator(8);
      const some = (count: number): Planes => [uniform(random, dtype, count)];
      return { x: some(length * channels), weight: some(channels * 4), bias: some(channels), state: some(SEQUENCES * channels * 3) };
    },
    timed: { x: channels },
    kept: channels * 3,
    run(arrays, length, how) {
      const { y, state } = causalConv1d(one(arrays) as never, { batch: 1, length, channels, width: 4 }, { ...how, activation: "silu" });
      return { y: y as Real, state: [state as Real] };
    },
  },
};

const part = (planes: Planes, from: number, to: number): Planes => planes.map((plane) => plane.subarray(from, to));

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("packed sequences on %s in %s", (name, dtype) => {
  const bound = dtype === "float64" ? 1e-13 : 1e-6;
  const random = generator(5);
  const cuSeqlens = new Int32Array(SEQUENCES + 1);
  for (let i = 1; i <= SEQUENCES; i++) cuSeqlens[i] = cuSeqlens[i - 1]! + 1 + Math.floor(199 * random());
  const length = cuSeqlens[SEQUENCES]!;
  const resets = marks(random, length, 0.02);

  beforeAll(async () => {
    await init({ backend: name });
  });

  const cases = Object.entries(operators).flatMap(([title, operator]) => [["states that enter", operator, undefined], ["resets", operator, resets]].map((rest) => [title, ...rest] as [string, string, Operator, Uint8Array | undefined]));
  test.each(cases)("%s with %s", (_, __, { arrays, timed, kept, run }, reset) => {
    const enters = reset === undefined;
    const { state, ...others } = arrays(dtype, length);
    const got = run(enters ? { ...others, state: state! } : others, length, { cuSeqlens, ...(reset && { reset }) });
    const width = got.y.length / length;
    const apart = { y: got.y.slice().fill(Number.NaN), state: got.state.map((plane) => plane.slice().fill(Number.NaN)) };
    for (let n = 0; n < SEQUENCES; n++) {
      const [from, to] = [cuSeqlens[n]!, cuSeqlens[n + 1]!];
      const own = Object.fromEntries(Object.entries(others).map(([key, planes]) => [key, key in timed ? part(planes, from * timed[key]!, to * timed[key]!) : planes]));
      const entering = enters ? { state: part(state!, n * kept, (n + 1) * kept) } : {};
      const alone = run({ ...own, ...entering }, to - from, reset ? { reset: reset.subarray(from, to) } : {});
      apart.y.set(alone.y, from * width);
      alone.state.forEach((plane, p) => { apart.state[p]!.set(plane, n * kept); });
    }
    expectClose("y", got.y, apart.y, bound);
    expectClose("state", got.state, apart.state, bound);
  });
});
