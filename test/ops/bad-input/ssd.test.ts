// What ssd refuses: each argument that does not fit, in one sentence with both numbers.
import { init, ScanError, ssd } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../../support/backends.js";
import { generator } from "../../support/random.js";
import { expectRefusal } from "../../support/refusal.js";
import { arraysFor } from "../../support/ssd-calls.js";

describe.each(backends)("ssd on %s", (name) => {
  const dims = { batch: 2, length: 5, heads: 4, headDim: 3, states: 6, groups: 2 };
  const inputs = arraysFor(generator(1), "float32", dims);
  const keys = Object.keys(inputs) as (keyof typeof inputs)[];

  beforeAll(async () => {
    await init({ backend: name });
  });

  test.each(keys)("`%s` of another length, of another dtype, or no array", (key) => {
    const size = inputs[key].length;
    const change = (value: unknown) => () => ssd({ ...inputs, [key]: value } as never, dims);
    expectRefusal(change(inputs[key].slice(1)), { code: "shape", names: key, says: [size - 1, size] });
    const other = key === "x" ? "dt" : key;
    expectRefusal(change(new Float64Array(size)), { code: "dtype", names: other, says: [/float32/, /float64/] });
    expectRefusal(change([...inputs[key]]), { code: "dtype", names: key });
    expectRefusal(change(7), { code: "dtype", names: key });
  });

  test("inputs that are missing", () => {
    for (const key of ["x", "dt", "A", "B", "C"] as const) {
      expectRefusal(() => ssd({ ...inputs, [key]: undefined } as never, dims), { code: "dtype", names: key });
    }
    expectRefusal(() => ssd(undefined as never, dims));
    expectRefusal(() => ssd(inputs, undefined as never));
  });

  test("sizes that are none", () => {
    for (const axis of ["batch", "length", "heads", "headDim", "states", "groups"] as const) {
      for (const size of [-1, 1.5, Number.NaN, "2"]) {
        expectRefusal(() => ssd(inputs, { ...dims, [axis]: size as number }), { code: "shape", names: axis, says: [String(size)] });
      }
    }
    expectRefusal(() => ssd(inputs, { ...dims, groups: 0 }), { code: "shape", names: "groups", says: [0, 4] });
    expectRefusal(() => ssd(inputs, { ...dims, batch: 2 ** 40, length: 2 ** 20 }), { code: "shape" });
  });

  test.each([
    [{ dtLimit: [1, 0.5] }, "dtLimit", "option"],
    [{ dtLimit: [0, Number.NaN] }, "dtLimit", "option"],
    [{ dtLimit: 3 }, "dtLimit", "option"],
    [{ chunk: 0 }, "chunk", "option"],
    [{ chunk: 1.5 }, "chunk", "option"],
    [{ dtSoftplus: 1 }, "dtSoftplus", "option"],
    [{ reverse: "yes" }, "reverse", "option"],
    [{ blocks: 3 }, "blocks", "option"],
    [{ out: { h: inputs.x } }, "h", "option"],
    [{ reset: new Uint8Array(9) }, "reset", "shape"],
    [{ reset: new Int32Array(10) }, "reset", "dtype"],
    [{ cuSeqlens: Int32Array.of(0, 5) }, "cuSeqlens", "shape"],
    [{ cuSeqlens: new Uint8Array(2) }, "cuSeqlens", "dtype"],
    [{ out: { y: inputs.x } }, "out.y", "shape"],
    [{ out: { state: inputs.state } }, "out.state", "shape"],
    [{ out: { y: new Float32Array(119) } }, "out.y", "shape"],
    [{ out: { state: new Float32Array(143) } }, "out.state", "shape"],
    [{ out: { y: new Float64Array(120) } }, "out.y", "dtype"],
  ] as const)("options %o", (options, names, code) => {
    expectRefusal(() => ssd(inputs, dims, options as never), { code, names });
  });

  test("bounds that do not rise to the length", () => {
    const packed = { ...dims, batch: 1 };
    const given = arraysFor(generator(2), "float32", packed, { sequences: 2 });
    for (const cuSeqlens of [[0, 4, 3], [1, 2, 5], [0, 2, 4], []]) {
      expectRefusal(() => ssd(given, packed, { cuSeqlens: Int32Array.from(cuSeqlens) }), { code: "shape", names: "cuSeqlens" });
    }
    expect(() => ssd(given, packed, { cuSeqlens: Int32Array.of(0, 2, 5) })).not.toThrow(ScanError);
  });
});
