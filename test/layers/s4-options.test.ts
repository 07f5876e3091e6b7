// Options that not every layer of the family has: real states, band limits, cut kernels, step modes, steps of their own sizes.
import { init, type Real, S4D, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { steps } from "../support/pieces.js";
import { dtypes, typed, zeros } from "../support/precision.js";
import { generator, marks, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";
import { bidirectional, causal, defined, make, type S4Case, type S4Layer, type S4State, someState, title } from "../support/s4-layers.js";

const dims = { batch: 3, length: 19 };
const width = 4;
const modes = ["auto", "scan", "recurrent", "convolution"] as const;
const small = { dModel: width, dState: 6, seed: 3, dtMin: 0.05, dtMax: 0.5 };

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("on %s in %s", (name, dtype) => {
  const bound = dtype === "float64" ? 1e-11 : 5e-6;
  const random = generator(17);
  const signal = (length = dims.length): Real => uniform(random, dtype, dims.batch * length * width);
  const build = (which: S4Case, more: object = {}): S4Layer => make(which, { dtype, ...more });
  const part = (u: Real, from: number, to: number): Real => steps([u], dims, width, from, to)[0]!;
  const expectState = (what: string, got: S4State, want: S4State, within = bound): void => expectClose(what, [got.re, got.im], [want.re, want.im], within);

  /** Every mode and steps against outputs and states. */
  function expectAll(layer: S4Layer, u: Real, state: S4State, want: { y: Real; state: S4State }, within = bound): void {
    for (const mode of modes) {
      const got = layer.forward(u, dims, { mode, state });
      expectClose(`y, ${mode}`, got.y, want.y, within);
      expectState(`state, ${mode}`, got.state, want.state, within);
    }
    const moved = { re: state.re.slice(), im: state.im.slice() };
    for (let t = 0; t < dims.length; t++) {
      expectClose(`y of step ${t}`, layer.step(part(u, t, t + 1), moved, { out: zeros(dtype, 3 * width) }).y, part(typed(dtype, want.y), t, t + 1), within);
    }
    expectState("state of steps", moved, want.state, within);
  }

  beforeAll(async () => {
    await init({ backend: name });
  });

  test.each([{ init: "real" }, { init: "legs", disc: "bilinear", channels: 2 }, { init: "real", nSsm: 2, dtTie: false }])("real states are complex ones without imaginary parts: %o", (more) => {
    const options = { ...small, ...more, isReal: true };
    const layer = build({ name: "S4D", options });
    const own = layer.parameters();
    expect(own["layer.kernel.C"]!.dims).toEqual([options.channels ?? 1, width, 6]);
    expect(own["layer.kernel.A_imag"]).toBeUndefined();
    const widened = ({ dims: axes, data }: Tensor): Tensor => ({ dims: [...axes, 2], data: Float64Array.from({ length: 2 * data.length }, (_, i) => (i % 2 === 0 ? data[i / 2]! : 0)) });
    const A_imag = { dims: own["layer.kernel.A_real"]!.dims, data: new Float64Array(own["layer.kernel.A_real"]!.data.length) };
    const complex = { ...own, "layer.kernel.A_imag": A_imag, "layer.kernel.B": widened(own["layer.kernel.B"]!), "layer.kernel.C": widened(own["layer.kernel.C"]!) };
    const which: S4Case = { name: "S4D", options: { ...options, dState: 12 } };
    const [u, state] = [signal(), { re: uniform(random, dtype, 3 * width * 6), im: zeros(dtype, 3 * width * 6) }];
    const want = defined(which, complex, u, dims, { state });
    expectAll(layer, u, state, want);
    expect(layer.forward(u, dims, { state }).state.im.every((x) => x === 0)).toBe(true);
  });

  test("real states may be odd in number; a real layer begins with the real parts", () => {
    const layer = new S4D({ dModel: 2, dState: 5, isReal: true, init: "real", dtype });
    expectClose("A", layer.parameters()["layer.kernel.A_real"]!.data, Float64Array.from({ length: 10 }, (_, i) => Math.log(1 + (i % 5))), 1e-6);
    expect(layer.initialState(2).re).toHaveLength(20);
  });

  test.each([causal[0]!, causal[1]!, causal[4]!].map((which) => [title(which), which] as const))("states above the band limit are not read: %s", (_, which) => {
    const layer = build(which, { bandlimit: 0.5 });
    const own = layer.parameters();
    const [dt, A, C] = ["inv_dt", "A_imag", "C"].map((key) => own[`layer.kernel.${key}`]!.data.slice()) as [Real, Real, Real];
    let cut = 0;
    for (let i = 0; i < C.length / 2; i++) {
      const stored = dt[Math.floor(i / 3)]!;
      const step = which.options["dtTransform"] === "softplus" ? Math.log1p(Math.exp(stored)) : Math.exp(stored);
      if ((step * Math.abs(A[i]!)) / (2 * Math.PI) < 0.25) continue;
      cut++;
      C.fill(0, 2 * i, 2 * i + 2);
    }
    expect(cut).toBeGreaterThan(0);
    expect(cut).toBeLessThan(C.length / 2);
    const [u, state] = [signal(), someState(which, dtype, 3)];
    expectAll(layer, u, state, defined(which, { ...own, "layer.kernel.C": { ...own["layer.kernel.C"]!, data: C } }, u, dims, { state }));
  });

  test.each([causal[2]!, causal[4]!, bidirectional[0]!, bidirectional[2]!].map((which) => [title(which), which] as const))("a kernel of lMax reaches so many inputs: %s", (_, which) => {
    const [layer, whole, u] = [build(which, { lMax: 5 }), build(which), signal()];
    for (const mode of ["auto", "convolution"] as const) {
      const { y } = layer.forward(u, dims, { mode });
      for (let t = 0; t < dims.length; t++) {
        const [from, to] = [Math.max(0, t - 4), which.options["bidirectional"] === true ? Math.min(dims.length, t + 6) : t + 1];
        const seen = { ...dims, length: to - from };
        const want = whole.forward(part(u, from, to), seen).y;
        expectClose(`y of ${t}, ${mode}`, part(y, t, t + 1), steps([want], seen, width, t - from, t - from + 1)[0]!, bound);
      }
    }
    for (const mode of ["scan", "recurrent"] as const) expectRefusal(() => layer.forward(u, dims, { mode }), { code: "unsupported", names: "lMax", says: [5, 19] });
    const five = { ...dims, length: 5 };
    for (const mode of modes) expectClose(mode, layer.forward(part(u, 0, 5), five, { mode }).y, whole.forward(part(u, 0, 5), five).y, bound);
    expectRefusal(() => layer.forward(part(u, 0, 4), { ...dims, length: 4 }, { rate: 2, mode: "scan" }), { code: "unsupported", names: "lMax" });
  });

  test.each(causal.slice(4).map((which) => [title(which), which] as const))("step modes are one: %s", (_, which) => {
    const [u, state] = [signal(), someState(which, dtype, 3)];
    const [linear, dense, diagonal] = (["linear", "dense", "diagonal"] as const).map((stepMode) => build(which, { stepMode })) as [S4Layer, S4Layer, S4Layer];
    expectAll(dense, u, state, linear.forward(u, dims, { state }));
    // Its states are in another basis: from the beginning on, with marks, and from its own state.
    const within = dtype === "float64" ? 1e-9 : 1e-3;
    const [reset, lengths] = [marks(random, 57), Int32Array.of(19, 0, 8)];
    expectClose("y", diagonal.forward(u, dims, { reset, lengths }).y, linear.forward(u, dims, { reset, lengths }).y, within);
    const { y, state: leaves } = diagonal.forward(u, dims);
    expectClose("y", y, linear.forward(u, dims).y, within);
    expectAll(diagonal, u, diagonal.initialState(3), { y, state: leaves }, within);
    const next = linear.forward(u, dims, { state: linear.forward(u, dims).state });
    expectClose("y after a state", diagonal.forward(u, dims, { state: leaves }).y, next.y, within);
  });

  test.each(causal.slice(0, 4).map((which) => [title(which), which] as const))("steps of their own sizes are steps at so many rates: %s", (_, which) => {
    const [layer, u, state] = [build(which), signal(), someState(which, dtype, 3)];
    const rate = (which.options["rate"] as number | undefined) ?? 1;
    const dt = typed(dtype, Float64Array.from({ length: 19 }, (_, t) => 0.25 * (1 + ((3 * t) % 7))));
    const moved = { re: state.re.slice(), im: state.im.slice() };
    const got = layer.forward(u, dims, { dt, state });
    let now = state;
    for (let t = 0; t < dims.length; t++) {
      const one = layer.forward(part(u, t, t + 1), { ...dims, length: 1 }, { rate: rate * dt[t]!, state: { ...now } });
      expectClose(`y of ${t}`, part(got.y, t, t + 1), one.y, bound);
      expectClose(`y of step ${t}`, layer.step(part(u, t, t + 1), moved, { dt: dt.subarray(t, t + 1) }).y, one.y, bound);
      now = one.state as S4State;
    }
    expectState("state", got.state, now);
    expectState("state of steps", moved, now);
    const each = typed(dtype, Float64Array.from({ length: 57 }, (_, i) => (i < 19 ? dt[i]! : 1)));
    const [reset, lengths] = [marks(random, 57), Int32Array.of(19, 19, 7)];
    const [own, regular] = [layer.forward(u, dims, { dt: each, state, reset, lengths }), layer.forward(u, dims, { state, reset, lengths })];
    expectClose("sequences of steps of 1", own.y.subarray(19 * width), regular.y.subarray(19 * width), bound);
    expectClose("the other", own.y.subarray(0, 19 * width), layer.forward(u, dims, { dt, state, reset, lengths }).y.subarray(0, 19 * width), bound);
  });
});
