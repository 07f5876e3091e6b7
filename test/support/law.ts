// A law: a test that holds of many calls, the same ones in every run, so that a failure can be met again.
import fc from "fast-check";
import { type Backend, type Dims, loadBackend, useBackend } from "ssm-scan";
import { beforeAll, describe, test } from "vitest";
import { backends } from "./backends.js";
import { type Dtype, dtypes } from "./precision.js";
import { type Scan, scans } from "./scans.js";

/** States that `check` holds of everything drawn. */
export function law<T>(name: string, drawn: fc.Arbitrary<T>, check: (value: T) => void, numRuns = 40): void {
  test(name, () => {
    fc.assert(fc.property(drawn, check), { seed: 42, numRuns });
  });
}

export interface Drawn {
  dims: Dims;
  seed: number;
  /** In [0, 1]: where to cut. */
  at: number;
}

/** Small shapes, empty axes among them. */
export function drawnCall(scan: Scan): fc.Arbitrary<Drawn> {
  const dims = fc.record({
    batch: fc.nat({ max: 3 }),
    length: fc.nat({ max: 40 }),
    channels: fc.nat({ max: scan.name === "matrixScan" ? 6 : 20 }),
  });
  return fc.record({ dims, seed: fc.integer(), at: fc.float({ min: 0, max: 1, noNaN: true }) });
}

/** Repeats a suite for every scan, backend and precision; the backend is the current one. */
export function describeEvery(name: string, suite: (scan: Scan, dtype: Dtype, backend: () => Backend) => void): void {
  const cases = scans.flatMap((scan) => backends.flatMap((on) => dtypes.map((dtype) => ({ scan, on, dtype }))));
  describe.each(cases)(`${name}: $scan.name on $on in $dtype`, ({ scan, on, dtype }) => {
    let backend: Backend;
    beforeAll(async () => {
      // What can be cut is cut, however few cores there are.
      backend = await loadBackend(on, on === "native" ? { threads: 8 } : {});
      useBackend(backend);
    });
    suite(scan, dtype, () => backend);
  });
}
