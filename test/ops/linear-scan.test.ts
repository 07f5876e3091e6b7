// The linear scan: what holds of every scan, and numbers that can be checked by eye.
import { init, linearScan } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { linear } from "../support/scans.js";
import { describeScan } from "./every-scan.js";

describeScan(linear);

describe.each(backends)("linearScan by hand on %s", (name) => {
  const a = Float32Array.of(0.5, 2, 0.5, 2, 0.5, 2);
  const b = Float32Array.of(1, 1, 1, 1, 1, 1);
  const dims = { batch: 1, length: 3, channels: 2 };

  beforeAll(async () => {
    await init({ backend: name });
  });

  test("runs forward", () => {
    const { h, state } = linearScan({ a, b }, dims);
    expect([...h]).toEqual([1, 1, 1.5, 3, 1.75, 7]);
    expect([...state]).toEqual([1.75, 7]);
  });

  test("runs backward from the state at the end", () => {
    const { h, state } = linearScan({ a, b, state: Float32Array.of(2, 1) }, dims, { reverse: true });
    expect([...h]).toEqual([2, 15, 2, 7, 2, 3]);
    expect([...state]).toEqual([2, 15]);
  });

  test("forgets the state at a reset", () => {
    const { h, state } = linearScan({ a, b, state: Float32Array.of(100, 100) }, dims, { reset: Uint8Array.of(1, 0, 1) });
    expect([...h]).toEqual([1, 1, 1.5, 3, 1, 1]);
    expect([...state]).toEqual([1, 1]);
  });

  test("gives each packed sequence a state", () => {
    const state = Float32Array.of(2, 1, 4, 3);
    const got = linearScan({ a, b, state }, dims, { cuSeqlens: Int32Array.of(0, 1, 3) });
    expect([...got.h]).toEqual([2, 3, 3, 7, 2.5, 15]);
    expect([...got.state]).toEqual([2, 3, 2.5, 15]);
  });
});
