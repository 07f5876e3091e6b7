// The lengths of mamba's own tests: complex selective scans and ssd against their definitions, ssd against the selective scan, three pieces against one pass.
import { type Complex, init, type Real, selectiveScan, ssd, type SsdDims, type SsdInputs } from "ssm-scan";
import { beforeAll, describe, test } from "vitest";
import { selectiveScan as definedScan } from "../reference/selective-scan.js";
import { ssd as definedSsd } from "../reference/ssd.js";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { concat } from "../support/pieces.js";
import { dtypes } from "../support/precision.js";
import { generator } from "../support/random.js";
import { make, planesOf } from "../support/selective.js";
import { arraysFor, boundOf, expectResult } from "../support/ssd-calls.js";

const lengths = [8, 16, 32, 64, 128, 256, 372, 512, 784, 1024, 1134, 2048, 4096];
const sizes = lengths.flatMap((length) => [1, 2].map((groups) => [length, groups] as const));
const soft = { dtSoftplus: true } as const;

/** Each of `values` so many times. */
const repeated = (values: Real, times: number): Real => {
  const all = (values instanceof Float32Array ? new Float32Array(values.length * times) : new Float64Array(values.length * times)) as Real;
  values.forEach((value, i) => all.fill(value, i * times, (i + 1) * times));
  return all;
};

/** Three pieces, of which the second is short. */
const piecesOf = (length: number): [number, number][] => {
  const [first, second] = [Math.floor(length / 3), Math.floor(length / 3) + 1 + (length % 5)];
  return [[0, first], [first, second], [second, length]];
};

type Arrays = Readonly<Record<string, Real | Complex>>;

/** Steps of the arrays that `widths` names; the others whole. */
function cut(arrays: Arrays, widths: Readonly<Record<string, number>>, [from, to]: [number, number]): Arrays {
  const part = (plane: Real, width: number): Real => plane.subarray(from * width, to * width);
  const both = (value: Real | Complex, width: number): Real | Complex => ("re" in value ? { re: part(value.re, width), im: part(value.im, width) } : part(value, width));
  return Object.fromEntries(Object.entries(arrays).map(([name, value]) => [name, name in widths ? both(value, widths[name]!) : value]));
}

/** What comes of three pieces, each with the state that the one before left. */
function inPieces(arrays: Arrays, widths: Readonly<Record<string, number>>, length: number, run: (arrays: Arrays, length: number) => { y: Real; state: Real | Complex }): { y: Real; state: Real[] } {
  const y: Real[] = [];
  let state = arrays["state"]!;
  for (const piece of piecesOf(length)) {
    const made = run({ ...cut(arrays, widths, piece), state }, piece[1] - piece[0]);
    y.push(made.y);
    state = made.state;
  }
  return { y: concat(y[0]!, y), state: planesOf(state) };
}

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("lengths on %s in %s", (name, dtype) => {
  beforeAll(async () => {
    await init({ backend: name });
  });

  test.each(sizes)("the selective scan, complex, at %i with %i groups", (length, groups) => {
    const of = { batch: 1, length, channels: 4, states: 4, groups };
    const given = make(length + groups, dtype, of, { complex: true });
    const run = (arrays: Arrays, steps: number) => selectiveScan(arrays as never, { ...of, length: steps }, soft) as { y: Real; state: Real | Complex };
    const { y, state } = run(given as never, length);
    const truth = definedScan(given, of, soft);
    // States that live for a thousand steps turn by angles that each are rounded.
    const bound = dtype === "float64" ? 1e-12 : 1e-5;
    expectClose("y", y, truth.y, bound);
    expectClose("state", planesOf(state), truth.state, bound);
    const pieces = inPieces(given as never, { u: 4, dt: 4, z: 4, B: groups * 4, C: groups * 4 }, length, run);
    expectClose("y of three pieces", pieces.y, y, bound);
    expectClose("state of three pieces", pieces.state, planesOf(state), bound);
  });

  test.each(sizes)("ssd at %i with %i groups", (length, groups) => {
    const of = { batch: 1, length, heads: 2, headDim: 8, states: 16, groups };
    const inputs = arraysFor(generator(length + groups), dtype, of);
    const run = (arrays: Arrays, steps: number) => ssd(arrays as never as SsdInputs, { ...of, length: steps } satisfies SsdDims, soft);
    const got = run(inputs, length);
    const bound = boundOf(dtype);
    expectResult(got, definedSsd(inputs, of, soft), bound);
    const [width, { x: u, dt, A, B, C, D, z, dtBias, state }] = [8, inputs];
    const wide = { u, dt: repeated(dt, width), A: repeated(A, width * 16), B, C, D: repeated(D, width), z, dtBias: repeated(dtBias, width), state };
    const scan = selectiveScan(wide, { batch: 1, length, channels: 2 * width, states: 16, groups }, soft);
    expectClose("y of the selective scan", got.y, scan.y, 2 * bound);
    expectClose("state of the selective scan", got.state, scan.state as Real, 2 * bound);
    const pieces = inPieces(inputs, { x: 16, dt: 2, z: 16, B: groups * 16, C: groups * 16 }, length, run);
    expectClose("y of three pieces", pieces.y, got.y, bound);
    expectClose("state of three pieces", pieces.state, [got.state], bound);
  });
});
