// Time may be cut, turned round, packed and reset: the states are the same.
import { type Dims, type Real } from "ssm-scan";
import { expectDefined } from "../../support/judge.js";
import { describeEvery, drawnCall, law } from "../../support/law.js";
import { concat, flipped, joined, steps } from "../../support/pieces.js";
import { bounds, generator, marks } from "../../support/random.js";
import { type Entered, type Options, randomInputs, type Result, type Scan } from "../../support/scans.js";

/** A call on steps `from` to `to` alone. */
function part(scan: Scan, given: Entered, dims: Dims, from: number, to: number, state: Real[], options?: Options): Result {
  const inputs = {
    a: steps(given.a, dims, scan.width(dims.channels), from, to),
    b: steps(given.b, dims, dims.channels, from, to),
    state,
  };
  return scan.run(inputs, { ...dims, length: to - from }, options);
}

/** Stretches of one sequence, each run by itself from its own state. */
function separately(scan: Scan, given: Entered, dims: Dims, cuts: readonly number[], state: (i: number) => Real[]): Result {
  const parts = cuts.slice(1).map((to, i) => part(scan, given, dims, cuts[i]!, to, state(i)));
  const gather = (of: (result: Result) => Real[]): Real[] =>
    given.b.map((plane, p) => concat(plane, parts.map((each) => of(each)[p]!)));
  return { h: gather((each) => each.h), state: gather((each) => each.state) };
}

describeEvery("time", (scan, dtype) => {
  law("two pieces joined by the state are the whole", drawnCall(scan), ({ dims, seed, at }) => {
    const given = randomInputs(scan, generator(seed), dtype, dims);
    const cut = Math.round(at * dims.length);
    const head = part(scan, given, dims, 0, cut, given.state);
    const tail = part(scan, given, dims, cut, dims.length, head.state);
    const h = joined(head.h, tail.h, dims, dims.channels, cut);
    expectDefined(scan, { h, state: tail.state }, given, dims);
  });

  law("two pieces joined backward are the whole in reverse", drawnCall(scan), ({ dims, seed, at }) => {
    const given = randomInputs(scan, generator(seed), dtype, dims);
    const cut = Math.round(at * dims.length);
    const tail = part(scan, given, dims, cut, dims.length, given.state, { reverse: true });
    const head = part(scan, given, dims, 0, cut, tail.state, { reverse: true });
    const h = joined(head.h, tail.h, dims, dims.channels, cut);
    expectDefined(scan, { h, state: head.state }, given, dims, { reverse: true });
  });

  law("time turned round before and after is `reverse`", drawnCall(scan), ({ dims, seed }) => {
    const given = randomInputs(scan, generator(seed), dtype, dims);
    const a = flipped(given.a, dims, scan.width(dims.channels));
    const { h, state } = scan.run({ ...given, a, b: flipped(given.b, dims, dims.channels) }, dims);
    expectDefined(scan, { h: flipped(h, dims, dims.channels), state }, given, dims, { reverse: true });
  });

  law("packed sequences are separate calls", drawnCall(scan), ({ dims: { length, channels }, seed }) => {
    const dims = { batch: 1, length, channels };
    const random = generator(seed);
    const cuSeqlens = bounds(random, length, 4);
    const given = randomInputs(scan, random, dtype, dims, { sequences: 4 });
    const own = (i: number): Real[] => given.state.map((plane) => plane.slice(i * channels, (i + 1) * channels));
    expectDefined(scan, scan.run(given, dims, { cuSeqlens }), given, dims, { cuSeqlens });
    expectDefined(scan, separately(scan, given, dims, [...cuSeqlens], own), given, dims, { cuSeqlens });
  });

  law("a reset starts a separate call from zero", drawnCall(scan), ({ dims: { length, channels }, seed }) => {
    const dims = { batch: 1, length: length + 1, channels };
    const random = generator(seed);
    const reset = marks(random, dims.length);
    const given = randomInputs(scan, random, dtype, dims);
    const inner = [...reset.keys()].filter((t) => t > 0 && reset[t]);
    const zero = given.state.map((plane) => plane.slice().fill(0));
    const own = (i: number): Real[] => (i === 0 && !reset[0] ? given.state : zero);
    const apart = separately(scan, given, dims, [0, ...inner, dims.length], own);
    const last = apart.state.map((plane) => plane.slice(plane.length - channels));
    expectDefined(scan, scan.run(given, dims, { reset }), given, dims, { reset });
    expectDefined(scan, { h: apart.h, state: last }, given, dims, { reset });
  });

  law("a reset at every start is what packing does without states", drawnCall(scan), ({ dims: { length, channels }, seed }) => {
    const dims = { batch: 1, length, channels };
    const random = generator(seed);
    const cuSeqlens = bounds(random, length, 3);
    const { a, b } = randomInputs(scan, random, dtype, dims);
    const reset = new Uint8Array(length).map((_, t) => Number(cuSeqlens.includes(t)));
    const { h } = scan.run({ a, b }, dims, { reset });
    const { state } = scan.run({ a, b }, dims, { cuSeqlens });
    expectDefined(scan, { h, state }, { a, b }, dims, { cuSeqlens });
  });
});
