// The complex scan: what holds of every scan, and numbers that can be checked by eye.
import { complexScan, init } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { complexNumbers } from "../support/scans.js";
import { describeScan } from "./every-scan.js";

describeScan(complexNumbers);

describe.each(backends)("complexScan by hand on %s", (name) => {
  beforeAll(async () => {
    await init({ backend: name });
  });

  test("turns a state round by powers of i", () => {
    const a = { re: Float64Array.of(0), im: Float64Array.of(1) };
    const b = { re: new Float64Array(4), im: new Float64Array(4) };
    const state = { re: Float64Array.of(1), im: Float64Array.of(2) };
    const got = complexScan({ a, b, state }, { batch: 1, length: 4, channels: 1 });
    expect([...got.h.re]).toEqual([-2, -1, 2, 1]);
    expect([...got.h.im]).toEqual([1, -2, -1, 2]);
    expect([got.state.re[0], got.state.im[0]]).toEqual([1, 2]);
  });

  test("is the linear scan where nothing is imaginary", () => {
    const a = { re: Float32Array.of(0.5, 0.5, 0.5), im: new Float32Array(3) };
    const b = { re: Float32Array.of(1, 1, 1), im: new Float32Array(3) };
    const { h } = complexScan({ a, b }, { batch: 1, length: 3, channels: 1 });
    expect([...h.re]).toEqual([1, 1.5, 1.75]);
    expect([...h.im]).toEqual([0, 0, 0]);
  });
});
