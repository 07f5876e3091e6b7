// What the plain loop finds finite stays finite; what is not finite ends at a reset.
import { type Dims, type Real } from "ssm-scan";
import { expect, test } from "vitest";
import { expectClose } from "../../support/close.js";
import { expectDefined } from "../../support/judge.js";
import { largeDims } from "../../support/large.js";
import { describeEvery } from "../../support/law.js";
import { type Dtype, zeros } from "../../support/precision.js";
import { generator } from "../../support/random.js";
import { type Entered, matrix, randomInputs, type Scan } from "../../support/scans.js";

/** A gate of `gain`, real and diagonal, at every step from `from` to `to`. */
function setGate(scan: Scan, a: Real[], dims: Dims, gain: number, from = 0, to = dims.length): void {
  const { channels } = dims;
  const width = scan.width(channels);
  a.forEach((plane) => plane.fill(0, from * width, to * width));
  for (let t = from; t < to; t++) {
    for (let c = 0; c < channels; c++) a[0]![t * width + (width === channels ? c : c * (channels + 1))] = gain;
  }
}

function constants(scan: Scan, dtype: Dtype, dims: Dims, gate: number, input: number, state: number): Entered {
  const a = Array.from({ length: scan.planes }, () => zeros(dtype, dims.length * scan.width(dims.channels)));
  setGate(scan, a, dims, gate);
  const filled = (length: number, value: number): Real[] => a.map((_, p) => zeros(dtype, length).fill(p === 0 ? value : 0));
  return { a, b: filled(dims.length * dims.channels, input), state: filled(dims.channels, state) };
}

const every = (plane: Real, value: number): boolean => plane.every((each) => each === value);

describeEvery("overflow", (scan, dtype) => {
  const dims = largeDims(scan);
  // Without it one thread cuts nothing; with it matrices are never cut.
  const options = { deterministic: scan !== matrix };
  /** A power of two, so that the plain loop is exact; its own power overflows within any chunk. */
  const gain = { float32: 2 ** 20, float64: 2 ** 40 }[dtype];

  test("gates whose product overflows keep zero at zero", () => {
    const { h, state } = scan.run(constants(scan, dtype, dims, gain, 0, 0), dims, options);
    for (const plane of [...h, ...state]) expect(every(plane, 0)).toBe(true);
  });

  // By itself a chunk diverges: beyond what is finite, or beyond the digits that hold the 1.
  test.each([1.125, 2, 8, gain])("the plain loop holds an unstable fixed point exactly, and so do chunks: gates of %d", (growth) => {
    const { h, state } = scan.run(constants(scan, dtype, dims, growth, 1 - growth, 1), dims, options);
    for (const planes of [h, state]) {
      expect(every(planes[0]!, 1)).toBe(true);
      for (const plane of planes.slice(1)) expect(every(plane, 0)).toBe(true);
    }
  });

  test("a stretch that would overflow leaves the other steps alone", () => {
    const given = randomInputs(scan, generator(11), dtype, dims);
    const { channels } = dims;
    setGate(scan, given.a, dims, gain, 5_000, 9_000);
    setGate(scan, given.a, dims, 0, 4_999, 5_000);
    given.b.forEach((plane) => plane.fill(0, 4_999 * channels, 9_000 * channels));
    expectDefined(scan, scan.run(given, dims, options), given, dims);
  });
});

describeEvery("not finite", (scan, dtype) => {
  const small: Dims = { batch: 2, length: 50, channels: 3 };

  test.each([Number.NaN, Infinity, -Infinity])("%s ends at a reset", (poison) => {
    for (const dims of [small, largeDims(scan)]) {
      const { batch, length, channels } = dims;
      const given = randomInputs(scan, generator(12), dtype, dims);
      const [from, to] = [Math.floor(length / 5), Math.floor(length / 2)];
      const reset = new Uint8Array(batch * length);
      reset[to] = 1;
      given.b.forEach((plane) => plane.fill(poison, from * channels, (from + 1) * channels));
      given.a.forEach((plane) => plane.fill(poison, (from + 1) * scan.width(channels), (from + 2) * scan.width(channels)));
      const got = scan.run(given, dims, { reset, deterministic: scan !== matrix });
      const truth = scan.define(given, dims, { reset });
      const clean = (planes: Real[], start: number, end?: number): Real[] =>
        planes.map((plane) => plane.subarray(start * channels, end && end * channels));
      expectClose("h after", clean(got.h, to), clean(truth.h, to), dtype === "float32" ? 1e-6 : 1e-12);
      expectClose("h before", clean(got.h, 0, from), clean(truth.h, 0, from), dtype === "float32" ? 1e-6 : 1e-12);
      expect(got.h[0]!.subarray(from * channels, (from + 1) * channels).some(Number.isFinite)).toBe(false);
      expect(got.state.every((plane) => plane.every(Number.isFinite))).toBe(true);
    }
  });

  test("an entering state that is not a number ends at a reset on the first step", () => {
    const given = randomInputs(scan, generator(13), dtype, small);
    given.state.forEach((plane) => plane.fill(Number.NaN));
    const reset = new Uint8Array(100).map((_, t) => Number(t % 50 === 0));
    expectDefined(scan, scan.run(given, small, { reset }), given, small, { reset });
  });

  test("an entering state that is not a number ends at the last reset in reverse", () => {
    const given = randomInputs(scan, generator(14), dtype, small);
    given.state.forEach((plane) => plane.fill(Number.NaN));
    const reset = new Uint8Array(100).map((_, t) => Number(t % 50 === 49));
    const options = { reset, reverse: true };
    expectDefined(scan, scan.run(given, small, options), given, small, options);
  });
});
