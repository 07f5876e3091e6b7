// Options that do not exist, or are of the wrong type, are refused by name.
import { associativeScan, init, linearScan, type ScanError, type ScanOptions } from "ssm-scan";
import { beforeAll, describe, test } from "vitest";
import { backends } from "../../support/backends.js";
import { generator } from "../../support/random.js";
import { expectRefusal } from "../../support/refusal.js";
import { randomInputs, scans } from "../../support/scans.js";

const cases = scans.flatMap((scan) => backends.map((name) => ({ scan, name })));

describe.each(cases)("$scan.name on $name", ({ scan, name }) => {
  const dims = { batch: 1, length: 3, channels: 2 };
  const { a, b } = randomInputs(scan, generator(1), "float32", dims);
  const refused = (options: object, names: string, code: ScanError["code"] = "option"): void => {
    expectRefusal(() => scan.run({ a, b }, dims, options as ScanOptions), { code, names });
  };

  beforeAll(async () => {
    await init({ backend: name });
  });

  test.each(["reversed", "Reset", "cu_seqlens", "state", "threads"])("there is no option %s", (key) => {
    refused({ [key]: true }, key);
  });

  test.each(["yes", 1, null, {}])("a flag is not %o", (value) => {
    refused({ reverse: value }, "reverse");
    refused({ deterministic: value }, "deterministic");
  });

  test.each([[[0, 1, 0]], [new Float32Array(3)], [new Int32Array(3)], ["010"], [true]])("`reset` is not %o", (value) => {
    refused({ reset: value }, "reset", "dtype");
  });

  test.each([[[0, 3]], [new Uint32Array([0, 3])], [new Float32Array([0, 3])], [3]])("`cuSeqlens` is not %o", (value) => {
    refused({ cuSeqlens: value }, "cuSeqlens", "dtype");
  });
});

describe.each(backends)("linearScan on %s", (name) => {
  const dims = { batch: 1, length: 3, channels: 2 };
  const inputs = { a: new Float32Array(6), b: new Float32Array(6) };

  beforeAll(async () => {
    await init({ backend: name });
  });

  test.each(["fast", 1, true, null])("options are not %o", (options) => {
    expectRefusal(() => linearScan(inputs, dims, options as never), { code: "option" });
  });

  test.each(["here", 1, true])("`out` is not %o", (out) => {
    expectRefusal(() => linearScan(inputs, dims, { out: out as never }), { code: "option", names: "out" });
  });

  test("`out` has no other arrays", () => {
    const out = { y: new Float32Array(6) } as object;
    expectRefusal(() => linearScan(inputs, dims, { out }), { code: "option", names: "y" });
  });
});

test("associativeScan judges its arguments", () => {
  expectRefusal(() => associativeScan("add" as never, [1]), { names: "combine" });
  expectRefusal(() => associativeScan((x: number, y: number) => x + y, 5 as never), { names: "elements" });
  expectRefusal(() => associativeScan((x: number, y: number) => x + y, [1], { backward: true } as never), {
    code: "option",
    names: "backward",
  });
});
