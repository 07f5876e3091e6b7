// The short convolution: what it gives, its laws, and what it refuses.
import { causalConv1d, currentBackend, init, type Real } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { causalConv1d as defined } from "../reference/causal-conv1d.js";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { joined, steps } from "../support/pieces.js";
import { arrayOf, dtypes } from "../support/precision.js";
import { bounds, generator, marks, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("causalConv1d on %s in %s", (name, dtype) => {
  const random = generator(5);
  const bound = dtype === "float64" ? 1e-14 : 1e-6;
  const dims = { batch: 2, length: 21, channels: 3, width: 4 };
  interface Arrays {
    x: Real;
    weight: Real;
    bias: Real;
    state: Real;
  }
  const make = ({ batch, length, channels, width }: typeof dims, sequences = batch): Arrays => ({
    x: uniform(random, dtype, batch * length * channels),
    weight: uniform(random, dtype, channels * width),
    bias: uniform(random, dtype, channels),
    state: uniform(random, dtype, sequences * channels * (width - 1)),
  });

  beforeAll(async () => {
    await init({ backend: name });
  });

  test.each([
    [1, 1, 1, 1],
    [2, 21, 3, 4],
    [3, 2, 9, 4],
    [2, 1, 17, 5],
    [1, 40, 600, 2],
    [2, 30, 40, 7],
    [1, 5, 2, 12],
  ])("agrees with the definition: batch %i, length %i, channels %i, width %i", (batch, length, channels, width) => {
    const sizes = { batch, length, channels, width };
    const { x, weight, bias, state } = make(sizes);
    for (const inputs of [{ x, weight }, { x, weight, bias, state }]) {
      for (const activation of ["none", "silu"] as const) {
        for (const reset of [undefined, marks(random, batch * length)]) {
          const options = { activation, ...(reset && { reset }) };
          const before = [x.slice(), weight.slice(), bias.slice(), state.slice()];
          const got = causalConv1d(inputs, sizes, options);
          const want = defined(inputs, sizes, options);
          expectClose("y", got.y, want.y, bound);
          expectSameBits("state", got.state, arrayOf(dtype).from(want.state));
          expect(got.y).toBeInstanceOf(arrayOf(dtype));
          expectSameBits("inputs", [x, weight, bias, state], before);
        }
      }
    }
  });

  test("packed sequences are sequences apart, each with its state", () => {
    const sizes = { ...dims, batch: 1, length: 50 };
    const cuSeqlens = Int32Array.of(0, 0, ...bounds(random, 48, 5).map((at) => at + 1), 50);
    const inputs = make(sizes, cuSeqlens.length - 1);
    const got = causalConv1d(inputs, sizes, { cuSeqlens });
    const want = defined(inputs, sizes, { cuSeqlens });
    expectClose("y", got.y, want.y, bound);
    expectSameBits("state", got.state, arrayOf(dtype).from(want.state));
    for (let s = 0; s + 1 < cuSeqlens.length; s++) {
      const [from, to] = [cuSeqlens[s]! * 3, cuSeqlens[s + 1]! * 3];
      const own = { ...inputs, x: inputs.x.subarray(from, to), state: inputs.state.subarray(s * 9, s * 9 + 9) };
      const alone = causalConv1d(own, { ...sizes, length: (to - from) / 3 });
      expectSameBits("y", got.y.subarray(from, to), alone.y);
      expectSameBits("state", got.state.subarray(s * 9, s * 9 + 9), alone.state);
    }
  });

  test("pieces joined by `state` are the whole", () => {
    const inputs = make(dims);
    const whole = causalConv1d(inputs, dims, { activation: "silu" });
    for (const cut of [0, 1, 2, 3, 10, 20, 21]) {
      const [head, tail] = [steps([inputs.x], dims, 3, 0, cut), steps([inputs.x], dims, 3, cut, 21)];
      const first = causalConv1d({ ...inputs, x: head[0]! }, { ...dims, length: cut }, { activation: "silu" });
      const second = causalConv1d({ ...inputs, x: tail[0]!, state: first.state }, { ...dims, length: 21 - cut }, { activation: "silu" });
      expectSameBits("y", joined([first.y], [second.y], dims, 3, cut), [whole.y]);
      expectSameBits("state", second.state, whole.state);
    }
  });

  test("axes of nothing give nothing, and of no steps the state that entered", () => {
    for (const axis of ["batch", "channels"] as const) {
      const sizes = { ...dims, [axis]: 0 };
      const { y, state } = causalConv1d(make(sizes), sizes);
      expect([y.length, state.length]).toEqual([0, 0]);
    }
    const sizes = { ...dims, length: 0 };
    const inputs = make(sizes);
    expectSameBits("state", causalConv1d(inputs, sizes).state, inputs.state);
  });

  test("a reset stops NaN", () => {
    const sizes = { batch: 1, length: 5, channels: 1, width: 3 };
    const x = arrayOf(dtype).of(1, Number.NaN, 3, 4, 5);
    const { y } = causalConv1d({ x, weight: arrayOf(dtype).of(1, 1, 1) }, sizes, { reset: Uint8Array.of(0, 0, 1, 0, 0) });
    expect([...y]).toEqual([1, Number.NaN, 3, 7, 12]);
  });

  test("`out` and resident arrays", () => {
    const inputs = make(dims);
    const want = causalConv1d(inputs, dims);
    const out = { y: inputs.x.slice().fill(Number.NaN), state: inputs.state.slice().fill(Number.NaN) };
    const got = causalConv1d(inputs, dims, { out });
    expect(got.y).toBe(out.y);
    expect(got.state).toBe(out.state);
    expectSameBits("y", got.y, want.y);
    expectSameBits("state", got.state, want.state);
    const x = currentBackend().resident(dtype, inputs.x.length);
    const y = currentBackend().resident(dtype, inputs.x.length);
    x.data.set(inputs.x);
    expectSameBits("y", causalConv1d({ ...inputs, x }, dims, { out: { y } }).y, want.y);
    expectSameBits("y", y.data, want.y);
    x.dispose();
    y.dispose();
  });

  test("arrays, sizes and options that do not fit", () => {
    const inputs = make(dims);
    const other = dtype === "float32" ? new Float64Array(126) : new Float32Array(126);
    const sizes = { x: 126, weight: 12, bias: 3, state: 18 };
    for (const [argument, size] of Object.entries(sizes)) {
      const short = { ...inputs, [argument]: inputs[argument as keyof Arrays].subarray(1) };
      expectRefusal(() => causalConv1d(short, dims), { code: "shape", names: argument, says: [size - 1, size] });
      const wrong = { ...inputs, [argument]: other.subarray(0, size) };
      expectRefusal(() => causalConv1d(wrong as never, dims), { code: "dtype", says: [/float32/i, /float64/i] });
    }
    expectRefusal(() => causalConv1d({ x: inputs.x } as never, dims), { code: "dtype", names: "weight" });
    expectRefusal(() => causalConv1d(undefined as never, dims));
    expectRefusal(() => causalConv1d(inputs, undefined as never));
    for (const width of [-1, 0, 1.5]) expectRefusal(() => causalConv1d(inputs, { ...dims, width }), { code: "shape", names: "width", says: [width] });
    expectRefusal(() => causalConv1d(inputs, dims, { activation: "gelu" } as never), { code: "option", names: "activation", says: [/gelu/] });
    expectRefusal(() => causalConv1d(inputs, dims, { reset: new Uint8Array(41) }), { code: "shape", names: "reset", says: [41, 42] });
    expectRefusal(() => causalConv1d(inputs, dims, { reset: new Int8Array(42) } as never), { code: "dtype", names: "reset" });
    expectRefusal(() => causalConv1d(inputs, dims, { cuSeqlens: Int32Array.of(0, 21) }), { code: "shape", names: "cuSeqlens", says: [1, 2] });
    expectRefusal(() => causalConv1d(inputs, dims, { padding: 1 } as never), { code: "option", names: "padding" });
    expectRefusal(() => causalConv1d(inputs, dims, { out: { h: inputs.x } } as never), { code: "option", names: "h" });
    expectRefusal(() => causalConv1d(inputs, dims, { out: { y: inputs.x } }), { code: "shape", names: "out.y", says: [/`x`/] });
    expectRefusal(() => causalConv1d(inputs, dims, { out: { y: inputs.x.slice(1) } }), { code: "shape", names: "out.y", says: [125, 126] });
    expectRefusal(() => causalConv1d(inputs, dims, { out: { state: inputs.x.slice(0, 17) } }), { code: "shape", names: "out.state", says: [17, 18] });
    expectRefusal(() => causalConv1d(inputs, dims, { out: { y: other as never } }), { code: "dtype", names: "out.y" });
  });
});
