// The matrix scan: what holds of every scan, and numbers that can be checked by eye.
import { init, matrixScan } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { matrix } from "../support/scans.js";
import { describeScan } from "./every-scan.js";

describeScan(matrix);

describe.each(backends)("matrixScan by hand on %s", (name) => {
  beforeAll(async () => {
    await init({ backend: name });
  });

  test("counts the Fibonacci numbers", () => {
    const A = Float64Array.of(1, 1, 1, 0);
    const { h, state } = matrixScan(
      { A, b: new Float64Array(12), state: Float64Array.of(1, 0) },
      { batch: 1, length: 6, n: 2 },
    );
    expect([...h]).toEqual([1, 1, 2, 1, 3, 2, 5, 3, 8, 5, 13, 8]);
    expect([...state]).toEqual([13, 8]);
  });

  test("applies the matrices in the order of time, rows first", () => {
    const A = Float32Array.of(0, 1, 0, 0, 1, 0, 0, 2); // swaps up, then doubles the lower
    const got = matrixScan({ A, b: new Float32Array(4), state: Float32Array.of(3, 5) }, { batch: 1, length: 2, n: 2 });
    expect([...got.h]).toEqual([5, 0, 5, 0]);
    const back = matrixScan(
      { A, b: new Float32Array(4), state: Float32Array.of(3, 5) },
      { batch: 1, length: 2, n: 2 },
      { reverse: true },
    );
    expect([...back.h]).toEqual([10, 0, 3, 10]);
  });

  test("adds up under the identity, at every width from 1 to 33", () => {
    for (let n = 1; n <= 33; n++) {
      const A = new Float32Array(n * n).map((_, i) => Number(i % (n + 1) === 0));
      const { h } = matrixScan({ A, b: new Float32Array(3 * n).fill(1) }, { batch: 1, length: 3, n });
      expect([...h.slice(-n)], `n = ${n}`).toEqual(Array.from({ length: n }, () => 3));
    }
  });
});
