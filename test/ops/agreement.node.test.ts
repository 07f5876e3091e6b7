// Native and WASM agree, within what each may be off.
import { loadBackend, useBackend } from "ssm-scan";
import { describe, test } from "vitest";
import { expectClose, scanBound } from "../support/close.js";
import { dtypes, rounding } from "../support/precision.js";
import { generator } from "../support/random.js";
import { randomInputs, scans } from "../support/scans.js";
import { label, shapes } from "../support/shapes.js";

const cases = scans.flatMap((scan) => dtypes.map((dtype) => ({ scan, dtype })));

describe.each(cases)("$scan.name in $dtype", ({ scan, dtype }) => {
  test.each([...shapes, { batch: 1, length: 20_000, channels: 8 }].map((dims) => [label(dims), dims] as const))(
    "native and WASM agree at %s",
    async (_, dims) => {
      const given = randomInputs(scan, generator(21), dtype, dims);
      useBackend(await loadBackend("native"));
      const native = scan.run(given, dims);
      useBackend(await loadBackend("wasm"));
      const wasm = scan.run(given, dims);
      const truth = scan.define(given, dims);
      const serial = scan.define(given, dims, { round: rounding[dtype] });
      expectClose("h", wasm.h, native.h, scanBound(dtype, serial.h, truth.h));
      expectClose("state", wasm.state, native.state, scanBound(dtype, serial.state, truth.state));
    },
  );
});
