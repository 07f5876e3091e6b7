// Whatever the options, native and WASM give what the definitions give, and the same as each other: selectiveScan, ssd, causalConv1d.
import fc from "fast-check";
import { type Backend, causalConv1d, type Complex, loadBackend, type Real, selectiveScan, type SelectiveScanInputs, ssd, useBackend } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { causalConv1d as definedConv } from "../reference/causal-conv1d.js";
import { selectiveScan as definedScan } from "../reference/selective-scan.js";
import { ssd as definedSsd } from "../reference/ssd.js";
import { expectClose, type Planes } from "../support/close.js";
import { dtypes } from "../support/precision.js";
import { bounds, generator, marks, uniform } from "../support/random.js";
import { make, planesOf } from "../support/selective.js";
import { arraysFor, boundOf } from "../support/ssd-calls.js";

type Results = Readonly<Record<string, Planes>>;

let engines: readonly Backend[];

beforeAll(async () => {
  engines = [await loadBackend("native", { threads: 2 }), await loadBackend("wasm")];
});

/** Fails where a backend is further from the truth than `bound`, or from the other. */
function expectAgreement(run: () => Results, truth: Results, bound: number): void {
  const [native, wasm] = engines.map((engine) => {
    useBackend(engine);
    return run();
  }) as [Results, Results];
  for (const [name, planes] of Object.entries(truth)) {
    expectClose(`native ${name}`, native[name]!, planes, bound);
    expectClose(`WASM ${name}`, wasm[name]!, planes, bound);
    expectClose(`WASM's ${name}, by native's,`, wasm[name]!, native[name]!, bound);
  }
}

const size = (max: number, min = 1) => fc.integer({ min, max });

/** What calls of all three have: how time is cut, and a seed for the arrays. */
const time = fc.record({ seed: size(1e6), batch: size(3), length: size(70, 0), packed: fc.option(size(5), { nil: 0, freq: 2 }), resets: fc.constantFrom(0, 0, 0.05, 0.6) });
type Time = typeof time extends fc.Arbitrary<infer T> ? T : never;

/** The axes, the options and how many states there are. */
function cut({ seed, batch, length, packed, resets }: Time) {
  const random = generator(seed);
  const axes = { batch: packed > 0 ? 1 : batch, length };
  const options = { ...(resets > 0 && { reset: marks(random, axes.batch * length, resets) }), ...(packed > 0 && { cuSeqlens: bounds(random, length, packed) }) };
  return { random, axes, options, sequences: packed > 0 ? packed : batch };
}

/** Some of the arguments, all that are not optional among them. */
const some = <T extends object>(given: T, optional: readonly string[], kept: readonly string[]): T =>
  Object.fromEntries(Object.entries(given).filter(([name]) => !optional.includes(name) || kept.includes(name))) as T;

/** The states at the end of each chunk of each sequence. */
function chunksOf(states: readonly Real[], width: number, sequences: Int32Array, chunk: number, reverse: boolean): Real[] {
  const ends: number[] = [];
  for (let s = 1; s < sequences.length; s++) {
    const [from, to] = [sequences[s - 1]!, sequences[s]!];
    const own = Array.from({ length: Math.ceil((to - from) / chunk) }, (_, i) => (reverse ? Math.max(to - (i + 1) * chunk, from) : Math.min(from + (i + 1) * chunk, to) - 1));
    ends.push(...(reverse ? own.toReversed() : own));
  }
  return states.map((plane) => Float64Array.from(ends.flatMap((row) => [...plane.subarray(row * width, (row + 1) * width)])));
}

describe.each(dtypes)("in %s", (dtype) => {
  const extras = ["D", "z", "dtBias", "state"];
  const run = { seed: 42, numRuns: 150 };

  test("selectiveScan", () => {
    const drawn = fc.record({
      ...{ time, channels: size(20), states: size(9), groups: fc.option(size(3), { nil: undefined }), complex: fc.boolean(), fixed: fc.boolean(), kept: fc.subarray(extras) },
      ...{ returnStates: fc.constantFrom("last", "all", "chunks"), chunk: size(30), flags: fc.record({ reverse: fc.boolean(), dtSoftplus: fc.boolean(), deterministic: fc.boolean() }) },
    });
    fc.assert(
      fc.property(drawn, ({ time, channels, states, groups, complex, fixed, kept, returnStates, chunk, flags }) => {
        const { axes, options: cuts, sequences } = cut(time);
        const sizes = { ...axes, channels, states, ...(groups !== undefined && { groups }) };
        // Where lengths do not tell one from the other, `groups` does.
        const isFixed = fixed && (groups === undefined || channels !== axes.batch * axes.length * groups);
        const given = some(make(time.seed, dtype, sizes, { complex, fixed: isFixed, sequences }), extras, kept);
        const options = { ...flags, ...cuts };
        const truth = definedScan(given, sizes, options);
        const ends = cuts.cuSeqlens ?? Int32Array.from({ length: axes.batch + 1 }, (_, i) => i * axes.length);
        const snapshots = { last: {}, all: { states: truth.states }, chunks: { states: chunksOf(truth.states, channels * states, ends, chunk, flags.reverse) } };
        const call = (): Results => {
          const got = selectiveScan(given as SelectiveScanInputs, sizes, { ...options, returnStates, chunk });
          expect("states" in got).toBe(returnStates !== "last");
          return { y: got.y, state: planesOf(got.state), ...(got.states && { states: planesOf(got.states as Real | Complex) }) };
        };
        expectAgreement(call, { y: truth.y, state: truth.state, ...snapshots[returnStates] }, dtype === "float64" ? 1e-11 : 5e-6);
      }),
      run,
    );
  });

  test("ssd", () => {
    const drawn = fc.record({
      ...{ time, heads: size(5), headDim: size(20), states: size(20), groups: size(4), kept: fc.subarray(extras), perChannel: fc.boolean(), chunk: fc.constantFrom(undefined, 1, 7, 64) },
      ...{ dtLimit: fc.constantFrom(undefined, [0, 0.3] as const, [0.05, Infinity] as const), flags: fc.record({ reverse: fc.boolean(), dtSoftplus: fc.boolean(), deterministic: fc.boolean() }) },
    });
    fc.assert(
      fc.property(drawn, ({ time, heads, headDim, states, groups, kept, perChannel, chunk, dtLimit, flags }) => {
        const { random, axes, options: cuts, sequences } = cut(time);
        const dims = { ...axes, heads, headDim, states, groups };
        const inputs = some(arraysFor(random, dtype, dims, { sequences, perChannel }), extras, kept);
        const options = { ...flags, ...cuts, ...(chunk && { chunk }), ...(dtLimit && { dtLimit }) };
        expectAgreement(() => ({ ...ssd(inputs, dims, options) }), { ...definedSsd(inputs, dims, options) }, boundOf(dtype));
      }),
      run,
    );
  });

  test("causalConv1d", () => {
    const drawn = fc.record({ time, channels: size(40), width: size(9), kept: fc.subarray(["bias", "state"]), activation: fc.constantFrom("none", "silu") });
    fc.assert(
      fc.property(drawn, ({ time, channels, width, kept, activation }) => {
        const { random, axes, options: cuts, sequences } = cut(time);
        const array = (count: number): Real => uniform(random, dtype, count);
        const all = { x: array(axes.batch * axes.length * channels), weight: array(channels * width), bias: array(channels), state: array(sequences * channels * (width - 1)) };
        const inputs = some(all, ["bias", "state"], kept);
        const [dims, options] = [{ ...axes, channels, width }, { ...cuts, activation }];
        expectAgreement(() => ({ ...causalConv1d(inputs, dims, options) }), { ...definedConv(inputs, dims, options) }, dtype === "float64" ? 1e-14 : 1e-6);
      }),
      run,
    );
  });
});
