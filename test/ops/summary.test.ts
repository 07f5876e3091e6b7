// What a whole sequence does to a state: the pairs that scans are made of, and how they combine.
import { type Dims, type Real } from "ssm-scan";
import { describe, expect, test } from "vitest";
import { summary } from "../reference/summary.js";
import { expectClose, expectSameBits, scanBound } from "../support/close.js";
import { describeEvery, drawnCall, law } from "../support/law.js";
import { dtypeOf, rounding } from "../support/precision.js";
import { steps } from "../support/pieces.js";
import { generator } from "../support/random.js";
import { randomInputs, type Scan, spreads, type Summary } from "../support/scans.js";

function expectSummary(scan: Scan, got: Summary, inputs: Summary, dims: Dims): void {
  const dtype = dtypeOf(inputs.b[0]!);
  const truth = summary(scan, inputs, dims);
  const serial = summary(scan, inputs, dims, { round: rounding[dtype] });
  expectClose("a", got.a, truth.a, scanBound(dtype, serial.a, truth.a));
  expectClose("b", got.b, truth.b, scanBound(dtype, serial.b, truth.b));
}

/** A summary of no steps: every state stays what it is. */
function identity(scan: Scan, dims: Dims, like: Summary): Summary {
  const unit = { ...dims, length: 0 };
  const empty = (planes: Real[]): Real[] => planes.map((plane) => plane.slice(0, 0));
  return scan.summarize({ a: empty(like.a), b: empty(like.b) }, unit);
}

/** state -> a state + b, by the definition. */
function applied(scan: Scan, { a, b }: Summary, state: Real[], { batch, channels }: Dims): Real[] {
  return scan.define({ a, b, state }, { batch, length: 1, channels }).state;
}

describeEvery("summary", (scan, dtype) => {
  const drawn = drawnCall(scan);
  const random = (dims: Dims, seed: number) => randomInputs(scan, generator(seed), dtype, dims);
  const tolerance = dtype === "float32" ? 1e-6 : 1e-12;

  law("it agrees with the definition", drawn, ({ dims, seed }) => {
    const { a, b } = random(dims, seed);
    expectSummary(scan, scan.summarize({ a, b }, dims), { a, b }, dims);
  });

  test.each(spreads)("`a` may have the axes: %s", (spread) => {
    const dims = { batch: 2, length: 9, channels: 4 };
    const { a, b } = randomInputs(scan, generator(9), dtype, dims, { spread });
    expectSummary(scan, scan.summarize({ a, b }, dims), { a, b }, dims);
  });

  law("that of a whole combines those of its pieces, first then second", drawn, ({ dims, seed, at }) => {
    const { a, b } = random(dims, seed);
    const cut = Math.round(at * dims.length);
    const piece = (from: number, to: number): Summary => {
      const inputs = {
        a: steps(a, dims, scan.width(dims.channels), from, to),
        b: steps(b, dims, dims.channels, from, to),
      };
      return scan.summarize(inputs, { ...dims, length: to - from });
    };
    const combined = scan.combine(piece(0, cut), piece(cut, dims.length), dims.channels);
    expectSummary(scan, combined, { a, b }, dims);
  });

  law("applied to a state it gives the scan's last one", drawn, ({ dims, seed }) => {
    const given = random(dims, seed);
    const { state } = scan.run(given, dims);
    const truth = scan.define(given, dims).state;
    const serial = scan.define(given, dims, { round: rounding[dtype] }).state;
    const bound = scanBound(dtype, serial, truth);
    expectClose("state", state, truth, bound);
    expectClose("applied", applied(scan, scan.summarize(given, dims), given.state, dims), truth, bound);
  });

  law("no steps make the identity, on either side", drawn, ({ dims, seed }) => {
    const given = random(dims, seed);
    const some = scan.summarize(given, dims);
    const none = identity(scan, dims, given);
    expectClose("applied", applied(scan, none, given.state, dims), given.state, 0);
    for (const same of [scan.combine(none, some, dims.channels), scan.combine(some, none, dims.channels)]) {
      expectClose("a", same.a, some.a, 0);
      expectClose("b", same.b, some.b, 0);
    }
  });

  law("combining is associative", drawn, ({ dims, seed }) => {
    const [x, y, z] = [0, 1, 2].map((i) => scan.summarize(random({ ...dims, length: 2 }, seed + i), { ...dims, length: 2 }));
    const left = scan.combine(scan.combine(x!, y!, dims.channels), z!, dims.channels);
    const right = scan.combine(x!, scan.combine(y!, z!, dims.channels), dims.channels);
    expectClose("a", left.a, right.a, tolerance);
    expectClose("b", left.b, right.b, tolerance);
  });

  describe("never", () => {
    const dims = { batch: 2, length: 7, channels: 3 };

    test("writes to what it is given", () => {
      const given = random(dims, 1);
      const before = [...given.a, ...given.b].map((plane) => plane.slice());
      const some = scan.summarize(given, dims);
      expectSameBits("inputs", [...given.a, ...given.b], before);
      const kept = [...some.a, ...some.b].map((plane) => plane.slice());
      const twice = scan.combine(some, some, dims.channels);
      expectSameBits("summary", [...some.a, ...some.b], kept);
      expect(twice.a[0]!.buffer).not.toBe(some.a[0]!.buffer);
    });

    test("confuses the order", () => {
      const [x, y] = [1, 2].map((seed) => scan.summarize(random(dims, seed), dims));
      const forward = scan.combine(x!, y!, dims.channels);
      const backward = scan.combine(y!, x!, dims.channels);
      expect(() => { expectClose("b", forward.b, backward.b, 1e-3); }).toThrow();
    });
  });
});
