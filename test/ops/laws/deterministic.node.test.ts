// With `deterministic`, threads change no bit.
import { loadBackend, useBackend } from "ssm-scan";
import { describe, expect, test } from "vitest";
import { expectSameBits } from "../../support/close.js";
import { expectDefined } from "../../support/judge.js";
import { largeDims } from "../../support/large.js";
import { dtypes } from "../../support/precision.js";
import { generator, marks } from "../../support/random.js";
import { randomInputs, scans } from "../../support/scans.js";

const cases = scans.flatMap((scan) => dtypes.map((dtype) => ({ scan, dtype })));

describe.each(cases)("$scan.name in $dtype", ({ scan, dtype }) => {
  const dims = largeDims(scan);
  const inputs = randomInputs(scan, generator(1), dtype, dims);

  test.each([
    { reverse: false },
    { reverse: true },
    { reset: marks(generator(2), dims.length, 0.001) },
    { cuSeqlens: Int32Array.of(0, 37, 900, dims.length) },
  ])("one, two and three threads give the same bits: %o", async (options) => {
    const packed = "cuSeqlens" in options;
    const given = packed ? randomInputs(scan, generator(1), dtype, dims, { sequences: 3 }) : inputs;
    const results = [];
    for (const threads of [1, 2, 3]) {
      const backend = await loadBackend("native", { threads });
      expect(backend.threads).toBe(threads);
      useBackend(backend);
      results.push(scan.run(given, dims, { ...options, deterministic: true }));
    }
    const [one, two, three] = results;
    expectDefined(scan, one!, given, dims, options);
    for (const other of [two!, three!]) {
      expectSameBits("h", other.h, one!.h);
      expectSameBits("state", other.state, one!.state);
    }
  });

  test("a backend loaded as deterministic needs no option, and an option overrides it", async () => {
    useBackend(await loadBackend("native", { threads: 2, deterministic: true }));
    const byBackend = scan.run(inputs, dims);
    const overridden = scan.run(inputs, dims, { deterministic: false });
    useBackend(await loadBackend("native", { threads: 1 }));
    const byOption = scan.run(inputs, dims, { deterministic: true });
    expectSameBits("h", byBackend.h, byOption.h);
    expectDefined(scan, overridden, inputs, dims);
  });

  test.each([2, 8])("without it, a call on %i threads still gives the same bits each time", async (threads) => {
    useBackend(await loadBackend("native", { threads }));
    const one = scan.run(inputs, dims);
    expectDefined(scan, one, inputs, dims);
    for (let i = 0; i < 5; i++) expectSameBits("h", scan.run(inputs, dims).h, one.h);
    expectDefined(scan, scan.run(inputs, dims, { reverse: true }), inputs, dims, { reverse: true });
  });

  test.each([1, 64, 9_999])("on threads, two pieces cut at %i are the whole", async (cut) => {
    useBackend(await loadBackend("native", { threads: 8 }));
    const { channels } = dims;
    const at = (planes: typeof inputs.a, width: number, from: number, to: number) =>
      planes.map((plane) => plane.subarray(from * width, to * width));
    const piece = (from: number, to: number, state: typeof inputs.a) =>
      scan.run(
        { a: at(inputs.a, scan.width(channels), from, to), b: at(inputs.b, channels, from, to), state },
        { ...dims, length: to - from },
      );
    const head = piece(0, cut, inputs.state);
    const tail = piece(cut, dims.length, head.state);
    const h = inputs.b.map((plane, p) => {
      const whole = plane.slice();
      whole.set(head.h[p]!);
      whole.set(tail.h[p]!, cut * channels);
      return whole;
    });
    expectDefined(scan, { h, state: tail.state }, inputs, dims);
  });
});
