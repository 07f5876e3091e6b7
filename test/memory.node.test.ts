// Processes that called everything at every small size end as they should: no kernel wrote beside its arrays.
import { expect, test } from "vitest";
import { backends } from "./support/backends.js";
import { inChild } from "./support/child.js";
import { dtypes } from "./support/precision.js";

const layers = `
  for (const dModel of [1, 2, 3, 4, 5, 7, 8, 9]) {
    for (const ssmSize of [2, 4, 6, 8, 10, 16, 18]) {
      for (const conjSym of [true, false]) {
        const layer = new S5Ssm({ dModel, ssmSize, blocks: 1, conjSym, dtype });
        for (const length of [1, 5, 6, 7, 8, 9, 40]) {
          for (let i = 0; i < 5; i++) layer.forward(array(length * dModel), { batch: 1, length });
        }
      }
    }
  }`;

const scans = `
  for (const length of [1, 2, 3, 7, 8, 9, 33]) {
    for (const channels of Array.from({ length: 40 }, (_, i) => i + 1)) {
      const dims = { batch: 2, length, channels };
      const [a, b] = [array(2 * length * channels), array(2 * length * channels)];
      const reset = new Uint8Array(2 * length).fill(1, length >> 1);
      for (const options of [{}, { reverse: true }, { reset }, { reset, reverse: true }]) {
        linearScan({ a, b }, dims, options);
        complexScan({ a: { re: a, im: b }, b: { re: b, im: a } }, dims, options);
        matrixScan({ A: array(channels ** 2), b }, { batch: 2, length, n: channels }, options);
      }
      summarizeLinear({ a, b }, dims);
      summarizeComplex({ a: { re: a, im: b }, b: { re: b, im: a } }, dims);
      if (channels < 10) summarizeMatrix({ A: array(channels ** 2), b }, { batch: 2, length, n: channels });
    }
  }`;

const cases = backends.flatMap((backend) =>
  dtypes.flatMap((dtype) => [["layers", layers], ["scans", scans]].map(([what, code]) => [what!, backend, dtype, code!] as const)),
);

test.each(cases)("%s of every small size, on %s in %s", async (_, backend, dtype, code) => {
  const all = `
    const library = await import("ssm-scan");
    const { init, S5Ssm, linearScan, complexScan, matrixScan, summarizeLinear, summarizeComplex, summarizeMatrix } = library;
    const dtype = "${dtype}";
    const array = (length) => new { float32: Float32Array, float64: Float64Array }[dtype](length);
    await init({ backend: "${backend}" });
    ${code}
    report("ended");`;
  expect(await inChild(all)).toBe("ended");
});
