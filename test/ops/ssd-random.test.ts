// Any call of ssd, whatever its options, on every backend: what the definition gives.
import fc from "fast-check";
import { init, ssd, type SsdOptions } from "ssm-scan";
import { beforeAll, describe } from "vitest";
import { ssd as defined } from "../reference/ssd.js";
import { backends } from "../support/backends.js";
import { law } from "../support/law.js";
import { dtypes } from "../support/precision.js";
import { bounds, generator, marks } from "../support/random.js";
import { type Arrays, arraysFor, boundOf, expectResult } from "../support/ssd-calls.js";

const optional = ["D", "z", "dtBias", "state"] as const;

const drawn = fc.record({
  seed: fc.nat(),
  dims: fc.record({
    batch: fc.nat({ max: 3 }),
    length: fc.nat({ max: 90 }),
    heads: fc.nat({ max: 5 }),
    headDim: fc.nat({ max: 20 }),
    states: fc.nat({ max: 20 }),
    groups: fc.integer({ min: 1, max: 4 }),
  }),
  packed: fc.nat({ max: 4 }),
  reset: fc.constantFrom(0, 0.02, 0.5, 1),
  given: fc.subarray([...optional]),
  perChannel: fc.boolean(),
  dtLimit: fc.constantFrom(undefined, [0, 0.3] as const, [0.05, Infinity] as const),
  chunk: fc.constantFrom(undefined, 1, 16, 33, 256),
  dtSoftplus: fc.boolean(),
  reverse: fc.boolean(),
  deterministic: fc.boolean(),
});

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("ssd on %s in %s", (name, dtype) => {
  beforeAll(async () => {
    await init({ backend: name });
  });

  law("any call agrees with the definition", drawn, (call) => {
    const { seed, dims, packed, reset, given, perChannel, dtLimit, chunk, ...flags } = call;
    const random = generator(seed);
    const sizes = packed > 0 ? { ...dims, batch: 1 } : dims;
    const arrays = arraysFor(random, dtype, sizes, { perChannel, sequences: packed > 0 ? packed : sizes.batch });
    const left = optional.filter((key) => !given.includes(key));
    const inputs = Object.fromEntries(Object.entries(arrays).filter(([key]) => !left.includes(key as never))) as unknown as Arrays;
    const options: SsdOptions = {
      ...flags,
      ...(dtLimit && { dtLimit }),
      ...(chunk && { chunk }),
      ...(reset > 0 && { reset: marks(random, sizes.batch * sizes.length, reset) }),
      ...(packed > 0 && { cuSeqlens: bounds(random, sizes.length, packed) }),
    };
    expectResult(ssd(inputs, sizes, options), defined(inputs, sizes, options), boundOf(dtype));
  }, 80);
});
