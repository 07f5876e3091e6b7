// The long convolution: what it gives, and what it refuses.
import { fftConv, fftConvBackward, init, type Real } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { fftConv as defined } from "../reference/fft-conv.js";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { arrayOf, dtypes } from "../support/precision.js";
import { generator, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("fftConv on %s in %s", (name, dtype) => {
  const random = generator(3);
  const bound = dtype === "float64" ? 1e-13 : 1e-6;
  const dims = { batch: 2, length: 21, channels: 3, kernelLength: 21 };
  const make = ({ batch, length, channels, kernelLength }: typeof dims): { u: Real; kernel: Real } => ({
    u: uniform(random, dtype, batch * length * channels),
    kernel: uniform(random, dtype, channels * kernelLength),
  });

  beforeAll(async () => {
    await init({ backend: name });
  });

  test.each([
    [1, 1, 1, 1],
    [2, 21, 3, 21],
    [3, 64, 5, 64],
    [2, 97, 17, 40],
    [1, 50, 2, 80],
    [2, 3000, 2, 9],
    [1, 1024, 4, 1024],
  ])("agrees with the definition: batch %i, length %i, channels %i, kernel of %i", (batch, length, channels, kernelLength) => {
    const sizes = { batch, length, channels, kernelLength };
    const inputs = make(sizes);
    const [u, kernel] = [inputs.u.slice(), inputs.kernel.slice()];
    const { y } = fftConv(inputs, sizes);
    expectClose("y", y, defined(inputs, sizes), bound);
    expect(y).toBeInstanceOf(arrayOf(dtype));
    expectSameBits("inputs", [inputs.u, inputs.kernel], [u, kernel]);
  });

  test.each([
    [2, 9, 2, 9],
    [1, 12, 2, 5],
    [2, 6, 1, 8],
  ])("has the gradients of its definition: batch %i, length %i, channels %i, kernel of %i", (batch, length, channels, kernelLength) => {
    const sizes = { batch, length, channels, kernelLength };
    const inputs = make(sizes);
    const y = uniform(random, dtype, batch * length * channels);
    const found = fftConvBackward(inputs, { y }, sizes);
    // It is linear in either input: a difference of any size is exact.
    const at = (key: "u" | "kernel", i: number): number => {
      const one = { ...inputs, [key]: inputs[key].map((_, j) => Number(j === i)) };
      return defined(one, sizes).reduce((sum, value, j) => sum + value * y[j]!, 0);
    };
    for (const key of ["u", "kernel"] as const) expectClose(key, found[key], Float64Array.from(inputs[key], (_, i) => at(key, i)), 10 * bound);
  });

  test("refuses gradients that do not fit", () => {
    const inputs = make(dims);
    expectRefusal(() => fftConvBackward(inputs, { y: inputs.u.slice(1) }, dims), { code: "shape", names: "gradients.y", says: [126, 125] });
  });

  test("axes of nothing give nothing, and a kernel of nothing zeros", () => {
    for (const axis of ["batch", "length", "channels"] as const) {
      const sizes = { ...dims, [axis]: 0 };
      expect(fftConv(make(sizes), sizes).y).toHaveLength(0);
    }
    const sizes = { ...dims, kernelLength: 0 };
    expect(fftConv(make(sizes), sizes).y.every((value) => value === 0)).toBe(true);
  });

  test("`out` is filled and returned", () => {
    const inputs = make(dims);
    const y = inputs.u.slice().fill(Number.NaN);
    expect(fftConv(inputs, dims, { out: { y } }).y).toBe(y);
    expectSameBits("y", y, fftConv(inputs, dims).y);
  });

  test("a delay of one is the signal one step later", () => {
    const sizes = { ...dims, channels: 1, kernelLength: 2 };
    const { u } = make(sizes);
    const { y } = fftConv({ u, kernel: arrayOf(dtype).of(0, 1) }, sizes);
    expectClose("y", y.subarray(1, 21), u.subarray(0, 20), bound);
  });

  test("arrays, sizes and options that do not fit", () => {
    const { u, kernel } = make(dims);
    const other = dtype === "float32" ? new Float64Array(63) : new Float32Array(63);
    expectRefusal(() => fftConv({ u: u.subarray(1), kernel }, dims), { code: "shape", names: "u", says: [125, 126] });
    expectRefusal(() => fftConv({ u, kernel: kernel.subarray(1) }, dims), { code: "shape", names: "kernel", says: [62, 63] });
    expectRefusal(() => fftConv({ u, kernel: other as never }, dims), { code: "dtype", names: "kernel", says: [/float32/i, /float64/i] });
    expectRefusal(() => fftConv({ u } as never, dims), { code: "dtype", names: "kernel" });
    expectRefusal(() => fftConv(undefined as never, dims));
    expectRefusal(() => fftConv({ u, kernel }, { ...dims, kernelLength: -1 }), { code: "shape", names: "kernelLength", says: [-1] });
    expectRefusal(() => fftConv({ u, kernel }, { ...dims, kernelLength: 1.5 }), { code: "shape", names: "kernelLength", says: [1.5] });
    expectRefusal(() => fftConv({ u, kernel }, dims, { reverse: true } as never), { code: "option", names: "reverse" });
    expectRefusal(() => fftConv({ u, kernel }, dims, { out: { h: u } } as never), { code: "option", names: "h" });
    expectRefusal(() => fftConv({ u, kernel }, dims, { out: { y: u } }), { code: "shape", names: "out.y", says: [/`u`/] });
    expectRefusal(() => fftConv({ u, kernel }, dims, { out: { y: u.slice(1) } }), { code: "shape", names: "out.y", says: [125, 126] });
    expectRefusal(() => fftConv({ u, kernel }, dims, { out: { y: other as never } }), { code: "dtype", names: "out.y" });
  });
});
