// A million steps of a system that forgets nearly nothing: each rounding error counts for all steps after it.
import { complexScan, init, type Layer, LinearRnn, linearScan, Lru, S4, S4D, S5Ssm, Ssm } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { compensated } from "../reference/compensated.js";
import { backends } from "../support/backends.js";
import { distance } from "../support/close.js";
import type { State } from "../support/layer-definitions.js";
import { generator } from "../support/random.js";

const length = 2 ** 20;
const dims = { batch: 1, length };
/** A pole of absolute value 1 - 1e-7, and its phase. */
const [decay, phase] = [1e-7, 1e-3];
const random = generator(3);
/** Signs, whose products with anything are exact. */
const u = Float64Array.from({ length }, () => (random() < 0.5 ? -1 : 1));
const bound = 1e-12;

/** A layer of one state whose parameters are set. */
function single(layer: Layer, values: Record<string, readonly number[]>): Layer {
  const parameters = layer.parameters();
  for (const [name, value] of Object.entries(values)) parameters[name]!.data.set(value);
  return layer;
}

const dtype = "float64";
const one = { dModel: 1, dtype } as const;
const s4 = { "layer.kernel.inv_dt": [0], "layer.kernel.A_real": [Math.log(decay)], "layer.kernel.A_imag": [phase], "layer.kernel.B": [1, 0] };
const s5 = { Lambda_re: [-decay], Lambda_im: [phase], log_step: [0] };
const layers: [string, () => Layer][] = [
  ["Lru", () => single(new Lru({ ...one, dHidden: 1 }), { nu_log: [Math.log(decay)], theta_log: [Math.log(phase)], gamma_log: [0] })],
  ["S5Ssm by zoh", () => single(new S5Ssm({ ...one, ssmSize: 2, blocks: 1 }), s5)],
  ["S5Ssm by the bilinear rule", () => single(new S5Ssm({ ...one, ssmSize: 2, blocks: 1, discretization: "bilinear" }), s5)],
  ["S4D", () => single(new S4D({ ...one, dState: 2 }), s4)],
  ["S4", () => single(new S4({ ...one, dState: 2 }), { ...s4, "layer.kernel.P": [0, 0] })],
  ["LinearRnn", () => single(new LinearRnn(one), { A: [1 - decay] })],
  ["Ssm", () => single(new Ssm({ ...one, stateSize: 1 }), { A: [-decay], log_step: [0] })],
];

describe.each(backends)("on %s", (backend) => {
  beforeAll(async () => {
    await init({ backend });
  });

  test.each(layers)("%s", (_, make) => {
    const layer = make();
    const first = (of: State): [number, number] => [(of["re"] ?? of["h"] ?? of["x"])![0]!, of["im"]?.[0] ?? 0];
    /** What a step makes of a state of 1, or of an input of 1: the pole, or the gain, to the last bit. */
    const moved = (entering: number, input: number): [number, number] => {
      const state = layer.initialState(1);
      // Of S4 with the conjugate that stands behind it.
      (state["re"] ?? state["h"] ?? state["x"])!.fill(entering);
      layer.step(Float64Array.of(input), state);
      return first(state);
    };
    const want = compensated(moved(1, 0), moved(0, 1), u);
    const { state } = layer.forward(u, dims);
    const scale = want.re.reduce((most, x, t) => Math.max(most, Math.hypot(x, want.im[t]!)), 0);
    const [re, im] = first(state);
    expect(Math.hypot(re - want.re[length - 1]!, im - want.im[length - 1]!) / scale).toBeLessThan(bound);
  });

  test("linearScan, at every step", () => {
    const want = compensated([1 - decay, 0], [1, 0], u);
    const { h } = linearScan({ a: Float64Array.of(1 - decay), b: u }, { ...dims, channels: 1 });
    expect(distance(h, want.re)).toBeLessThan(bound);
  });

  test("complexScan, at every step", () => {
    const [re, im] = [(1 - decay) * Math.cos(phase), (1 - decay) * Math.sin(phase)];
    const want = compensated([re, im], [1, 0], u);
    const { h } = complexScan({ a: { re: Float64Array.of(re), im: Float64Array.of(im) }, b: { re: u, im: new Float64Array(length) } }, { ...dims, channels: 1 });
    expect(distance([h.re, h.im], [want.re, want.im])).toBeLessThan(bound);
  });
});
