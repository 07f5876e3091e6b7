// One system said in two ways computes one thing: other rates of samples, whole pairs of conjugates, shared parameters.
import { type Layer, LinOss, type LinOssOptions, type Real, S4, S4D, type S4DOptions, type S4Options, S5Layer, S5Ssm, type S5SsmOptions, Ssm, type Tensor } from "ssm-scan";
import { expect, test } from "vitest";
import { expectClose, expectSameBits } from "../support/close.js";
import { arrayOf, type Dtype, typed } from "../support/precision.js";
import { generator, uniform } from "../support/random.js";
import { describeEach } from "../support/layer-laws.js";

const dims = { batch: 2, length: 40 };
const bound: Record<Dtype, number> = { float32: 5e-6, float64: 1e-11 };

/** Writes `change` of each number into a parameter. */
function changed<L extends Layer>(layer: L, name: string, change: (value: number) => number): L {
  const { data } = layer.parameters()[name]!;
  data.forEach((value, i) => (data[i] = change(value)));
  return layer;
}

const double = (log: number): number => log + Math.LN2;
const doubleSoftplus = (stored: number): number => Math.log(Math.expm1(2 * Math.log1p(Math.exp(stored))));
const doubleSigmoid = (stored: number): number => {
  const step = 2 / (1 + Math.exp(-stored));
  return Math.log(step / (1 - step));
};

const s5: S5SsmOptions = { dModel: 3, ssmSize: 8, blocks: 2 };
const s5Options: Partial<S5SsmOptions>[] = [{}, { discretization: "bilinear" }, { conjSym: false, clipEigs: true }, { bidirectional: true }, { bidirectional: true, CInit: "complex_normal", discretization: "bilinear" }];
const s4 = { dModel: 3, dState: 8 };
type S4Any = S4Options & S4DOptions;
const s4Options: Partial<S4Any>[] = [{}, { dtTie: false, channels: 2 }, { bidirectional: true }, { dtTransform: "softplus" }];
const s4Classes = [
  ["S4", S4, {}],
  ["S4D", S4D, {}],
  ["S4D", S4D, { disc: "bilinear" }],
] as const;

describeEach("samples at half the rate are steps twice as long", (dtype) => {
  const u = uniform(generator(1), dtype, dims.batch * dims.length * 3);
  const twos = new (arrayOf(dtype))(dims.length).fill(2);
  const run = (layer: Layer, options = {}): Real => layer.forward(u, dims, options).y;

  test.each(s5Options)("S5Ssm and S5Layer: stepRescale, dt, log_step, %o", (more) => {
    const options = { ...s5, ...more, dtype };
    for (const [Class, name] of [[S5Ssm, "log_step"], [S5Layer, "seq.log_step"]] as const) {
      const want = run(changed(new Class(options), name, double));
      expectClose("stepRescale", run(new Class({ ...options, stepRescale: 2 })), want, bound[dtype]);
      expectClose("dt", run(new Class(options), { dt: twos }), want, bound[dtype]);
      expectClose("both", run(new Class({ ...options, stepRescale: 4 }), { dt: twos.map((two) => two / 4) }), want, bound[dtype]);
    }
    expectClose("initial", run(new S5Ssm({ ...options, dtMin: 0.002, dtMax: 0.2 })), run(new S5Ssm({ ...options, stepRescale: 2 })), bound[dtype]);
  });

  test.each(s4Classes.flatMap(([name, Class, own]) => s4Options.map((more) => [name, { ...own, ...more }, Class as new (options: S4Any) => S4 | S4D] as const)))("%s: rate, of a layer, a call, a kernel, inv_dt, %o", (_, more, Class) => {
    const options = { ...s4, ...more, dtype };
    const layer = new Class(options);
    const twice = new Class({ ...options, rate: 2 });
    const longer = changed(new Class(options), "layer.kernel.inv_dt", more.dtTransform === "softplus" ? doubleSoftplus : double);
    expectClose("y", run(twice), run(longer), bound[dtype]);
    expectSameBits("y of a call", run(layer, { rate: 2 }), run(twice));
    expectSameBits("a call's rate instead of the layer's", run(twice, { rate: 1 }), run(layer));
    expectClose("kernel", twice.kernel(30), longer.kernel(30), bound[dtype]);
    expectSameBits("kernel of a call", layer.kernel(30, { rate: 2 }), twice.kernel(30));
    for (const mode of ["scan", "convolution"] as const) expectClose(mode, run(layer, { rate: 2, mode }), run(longer, { mode }), bound[dtype]);
    if (more.bidirectional) return;
    const [one, other] = [twice, longer].map((each) => each.step(u.slice(0, 6), each.initialState(2)).y);
    expectClose("step", one!, other!, bound[dtype]);
  });

  test.each(["zoh", "bilinear", "euler"] as const)("Ssm: dt, log_step, %s", (discretization) => {
    const make = (dt: number): Ssm => new Ssm({ dModel: 3, stateSize: 4, discretization, dt, dtype });
    expectClose("y", run(make(0.04)), run(changed(make(0.02), "log_step", double)), bound[dtype]);
  });

  test.each([{}, { discretization: "IMEX" }, { discretization: "IMEX", damping: true }] as Partial<LinOssOptions>[])("LinOss: dt, steps, %o", (more) => {
    const make = (): LinOss => changed(new LinOss({ dModel: 3, stateDim: 5, ...more, dtype }), "steps", (value) => value - 2);
    expectClose("y", run(changed(make(), "steps", doubleSigmoid)), run(make(), { dt: twos }), dtype === "float32" && more.damping ? 1e-4 : bound[dtype]);
  });
});

type Parameters = Record<string, Tensor>;

/** Parameters of all states from those of one of each pair: what is of states is repeated, its conjugate behind it. */
function completed(half: Parameters, dtype: Dtype): Parameters {
  const conjugate = (data: Real): number[] => [...data].map((value, i) => (i % 2 === 0 ? value : -value));
  const twice = ({ dims: axes, data }: Tensor, other: ArrayLike<number>): Tensor => ({ dims: [2 * axes[0]!, ...axes.slice(1)], data: typed(dtype, [...data, ...Array.from(other)]) });
  const wide = ({ dims: [rows, columns], data }: Tensor, parts: number): Tensor => {
    const size = (2 * columns!) / parts;
    const pieces = Array.from({ length: rows! * parts }, (_, i) => data.slice(i * size, (i + 1) * size));
    return { dims: [rows!, 2 * columns!, 2], data: typed(dtype, pieces.flatMap((piece) => [...piece, ...conjugate(piece)])) };
  };
  const { Lambda_re, Lambda_im, log_step, B, D, ...readouts } = half as Record<"Lambda_re" | "Lambda_im" | "log_step" | "B" | "D", Tensor> & Parameters;
  return {
    D,
    log_step: twice(log_step, log_step.data),
    Lambda_re: twice(Lambda_re, Lambda_re.data),
    Lambda_im: twice(Lambda_im, Lambda_im.data.map((value) => -value)),
    B: twice(B, conjugate(B.data)),
    // One C for both ways has the columns of both.
    ...Object.fromEntries(Object.entries(readouts).map(([name, C]) => [name, wide(C, C.dims[1]! / Lambda_re.data.length)])),
  };
}

describeEach("one of each pair of conjugates stands for both", (dtype) => {
  const u = uniform(generator(2), dtype, dims.batch * dims.length * 3);
  const dt = uniform(generator(3), dtype, dims.length, 0.2, 2);

  const all: Partial<S5SsmOptions>[] = [...s5Options.filter(({ conjSym }) => conjSym !== false), { clipEigs: true, stepRescale: 3 }, { bidirectional: true, CInit: "lecun_normal" }];
  test.each(all)("S5Ssm %o", (more) => {
    const half = new S5Ssm({ ...s5, ...more, dtype });
    const whole = new S5Ssm({ ...s5, ...more, conjSym: false, dtype });
    whole.loadParameters(completed(half.parameters(), dtype));
    for (const options of [{}, { dt }, { lengths: Int32Array.of(7, 40) }]) {
      const [one, other] = [half.forward(u, dims, options), whole.forward(u, dims, options)];
      expectClose("y", one.y, other.y, bound[dtype]);
      if (more.bidirectional) continue;
      const behind = (plane: Real, sign: number): Real => typed(dtype, [0, 1].flatMap((n) => [1, sign].flatMap((s) => [...plane.slice(n * 4, n * 4 + 4)].map((x) => s * x))));
      expectClose("state", [behind(one.state.re, 1), behind(one.state.im, -1)], [other.state.re, other.state.im], bound[dtype]);
    }
  });

  test.each([{}, { bidirectional: true }, { channels: 2, nSsm: 1 }, { rate: 2, dtTie: false }] as Partial<S4Any>[])("S4, whose states are whole pairs, without its low-rank part is S4D by the bilinear rule: %o", (more) => {
    const options = { ...s4, ...more, dtype };
    const [low, diagonal] = [changed(new S4(options), "layer.kernel.P", () => 0), new S4D({ ...options, disc: "bilinear" })];
    const { "layer.kernel.P": P, "layer.kernel.l_kernel": count, ...own } = low.parameters();
    expect([P!.data.every((value) => value === 0), count!.data[0]]).toEqual([true, 0]);
    diagonal.loadParameters(own);
    expectClose("kernel", low.kernel(30), diagonal.kernel(30), bound[dtype]);
    for (const mode of ["scan", "convolution"] as const) expectClose(mode, low.forward(u, dims, { mode }).y, diagonal.forward(u, dims, { mode }).y, bound[dtype]);
  });
});

describeEach("systems that features share", (dtype) => {
  const u = uniform(generator(4), dtype, dims.batch * dims.length * 4);

  test.each([["S4", S4], ["S4D", S4D]] as const)("%s: fewer systems and steps are the same ones repeated", (_, Class) => {
    const few = new Class({ dModel: 4, dState: 6, nSsm: 2, dtype });
    const many = new Class({ dModel: 4, dState: 6, dtTie: false, dtype });
    const own = few.parameters();
    const spread = Object.entries(own).map(([name, { dims: axes, data }]): [string, Tensor] => {
      if (name.endsWith("inv_dt")) return [name, { dims: [4, 3], data: typed(dtype, [...data].flatMap((step) => [step, step, step])) }];
      const axis = { A_real: 0, A_imag: 0, B: 1, P: 1 }[name.replace("layer.kernel.", "")];
      if (axis === undefined) return [name, { dims: axes, data }];
      const size = data.length / (axis === 0 ? 1 : axes[0]!);
      const rows = Array.from({ length: data.length / size }, (_row, i) => [...data.slice(i * size, (i + 1) * size)]);
      return [name, { dims: axes.map((length, i) => (i === axis ? 2 * length : length)), data: typed(dtype, rows.flatMap((row) => [...row, ...row])) }];
    });
    many.loadParameters(Object.fromEntries(spread));
    expectClose("y", many.forward(u, dims).y, few.forward(u, dims).y, bound[dtype]);
  });
});
