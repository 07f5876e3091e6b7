// Every call, whatever its options, gives what the definition gives.
import fc from "fast-check";
import { type ScanOptions } from "ssm-scan";
import { expectDefined } from "../../support/judge.js";
import { describeEvery, drawnCall, law } from "../../support/law.js";
import { bounds, generator, marks } from "../../support/random.js";
import { randomInputs, spreads } from "../../support/scans.js";

const options = fc.record({
  reverse: fc.boolean(),
  reset: fc.constantFrom(0, 0.05, 0.5, 1),
  packed: fc.nat({ max: 4 }),
  spread: fc.constantFrom(...spreads),
  state: fc.boolean(),
  deterministic: fc.boolean(),
});

describeEvery("definition", (scan, dtype) => {
  law("any call agrees with the definition", fc.tuple(drawnCall(scan), options), ([drawn, how]) => {
    const random = generator(drawn.seed);
    const dims = how.packed > 0 ? { ...drawn.dims, batch: 1 } : drawn.dims;
    const layout = { spread: how.spread, sequences: how.packed > 0 ? how.packed : dims.batch };
    const { state, ...inputs } = randomInputs(scan, random, dtype, dims, layout);
    const given = how.state ? { ...inputs, state } : inputs;
    const call: ScanOptions = {
      reverse: how.reverse,
      ...(how.reset > 0 && { reset: marks(random, dims.batch * dims.length, how.reset) }),
      ...(how.packed > 0 && { cuSeqlens: bounds(random, dims.length, how.packed) }),
    };
    const got = scan.run(given, dims, { ...call, deterministic: how.deterministic });
    expectDefined(scan, got, given, dims, call);
  }, 150);
});
