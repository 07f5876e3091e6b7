// Mamba and Mamba-2: by their definitions, by the laws of layers, and what is their own: padding on the left, limits of steps.
import { type ForwardOptions, Mamba, Mamba2, type MambaForwardOptions, type Real, saveLayer, loadLayer } from "ssm-scan";
import { expect, test } from "vitest";
import { recurrent } from "../reference/recurrent.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { documentLaws } from "../support/document-laws.js";
import { copyOf, describeEach, describeSubjects } from "../support/layer-laws.js";
import { cases } from "../support/mamba-layers.js";
import { parameterLaws } from "../support/parameter-laws.js";
import { concat, steps } from "../support/pieces.js";
import { generator, marks, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";
import { planesOf, type Subject } from "../support/subject.js";
import { timeLaws } from "../support/time-laws.js";

type State = Record<string, Real>;

const bounds = { float32: 2e-6, float64: 1e-12 };

const subjects = (change: (layer: Mamba | Mamba2) => Mamba | Mamba2): Subject[] =>
  cases.map(({ title, make, define }) => ({
    title,
    make: (dtype, seed = 4) => change(make({ dtype, seed })),
    define: (layer, u, dims, options: ForwardOptions<State>) => recurrent(define(layer as Mamba), u, dims, options),
    bound: bounds,
  }));

describeSubjects("a selective layer", subjects(perturbed), (subject, dtype) => {
  for (const laws of [timeLaws, documentLaws]) laws(subject, dtype);
});
describeSubjects("a selective layer as it begins", subjects((layer) => layer), parameterLaws);

/** Away from initial values that hide what is forgotten: ones, and decays that are nothing. */
function perturbed<L extends Mamba | Mamba2>(layer: L): L {
  const random = generator(2);
  for (const [name, { data }] of Object.entries(layer.parameters())) {
    const change = (value: number): number => (/D$|norm/.test(name) ? value + random() - 0.5 : /dt_bias|dt_proj.bias/.test(name) ? value + 3 * random() : value);
    data.forEach((value, i) => { data[i] = change(value); });
  }
  return layer;
}

describeEach("Mamba and Mamba2", (dtype) => {
  const random = generator(6);
  const dims = { batch: 3, length: 14 };
  const bound = bounds[dtype];

  test.each(cases.map((each) => [each.title, each] as const))("%s: padding on both sides is neither read nor written", (_, { make, define }) => {
    const layer = perturbed(make({ dtype }));
    const { dModel } = layer;
    const u = uniform(random, dtype, dims.batch * dims.length * dModel);
    const [starts, lengths] = [Int32Array.of(0, 5, 9), Int32Array.of(11, 14, 9)];
    const state = layer.forward(u, dims).state;
    const reset = marks(random, dims.batch * dims.length);
    for (let n = 0; n < dims.batch; n++) {
      u.fill(Number.NaN, n * dims.length * dModel, (n * dims.length + starts[n]!) * dModel);
      u.fill(Number.NaN, (n * dims.length + lengths[n]!) * dModel, (n + 1) * dims.length * dModel);
    }
    const call: MambaForwardOptions[] = [{ starts, lengths }, { starts, lengths, state, reset }];
    for (const options of call) {
      const got = layer.forward(u, dims, options);
      for (let n = 0; n < dims.batch; n++) {
        const [from, to] = [n * dims.length + starts[n]!, n * dims.length + lengths[n]!];
        const own = options.state && Object.fromEntries(Object.entries(state).map(([key, plane]) => [key, plane.slice((n * plane.length) / 3, ((n + 1) * plane.length) / 3)]));
        const want = recurrent(define(layer), u.slice(from * dModel, to * dModel), { batch: 1, length: to - from }, { state: own, reset: options.reset?.slice(from, to) });
        expectClose(`y of ${n}`, got.y.slice(from * dModel, to * dModel), want.y, bound);
        for (const key of Object.keys(got.state)) {
          const plane = got.state[key as "conv"];
          expectClose(`state.${key} of ${n}`, plane.slice((n * plane.length) / 3, ((n + 1) * plane.length) / 3), want.state[key]!, bound);
        }
        const rest = [got.y.slice(n * dims.length * dModel, from * dModel), got.y.slice(to * dModel, (n + 1) * dims.length * dModel)];
        expect(rest.every((part) => part.every((value) => value === 0)), `padding of ${n}`).toBe(true);
      }
    }
  });

  test("a prompt in three pieces is the prompt in one pass", () => {
    for (const layer of [new Mamba({ dModel: 32, dtype }), new Mamba2({ dModel: 32, dState: 16, headdim: 16, dtype })]) {
      const one = { batch: 1, length: 300 };
      const u = uniform(random, dtype, one.length * 32);
      const whole = layer.forward(u, one);
      let state: State | undefined;
      const pieces = [[0, 101], [101, 102], [102, 300]].map(([from, to]) => {
        const part = layer.forward(steps([u], one, 32, from!, to!)[0]!, { batch: 1, length: to! - from! }, state && { state });
        state = part.state;
        return part.y;
      });
      expectClose("y", concat(u, pieces), whole.y, 10 * bound);
      expectClose("state", planesOf(state!), planesOf(whole.state), 10 * bound);
    }
  });

  test("a step keeps to dtLimit as a forward does", () => {
    const dtLimit = [0, 0.02] as const;
    const layer = new Mamba2({ dModel: 8, dState: 4, headdim: 4, dtMin: 0.05, dtMax: 1, dtLimit, dtype });
    const free = new Mamba2({ dModel: 8, dState: 4, headdim: 4, dtMin: 0.05, dtMax: 1, dtype });
    free.loadParameters(layer.parameters());
    const u = uniform(random, dtype, 6 * 8);
    const [state, freely] = [layer.initialState(1), free.initialState(1)];
    const want = layer.forward(u, { batch: 1, length: 6 });
    for (let t = 0; t < 6; t++) {
      const now = u.slice(t * 8, (t + 1) * 8);
      expectClose(`y at ${t}`, layer.step(now, state).y, want.y.slice(t * 8, (t + 1) * 8), bound);
      free.step(now, freely);
    }
    expectClose("state", planesOf(state), planesOf(want.state), bound);
    expect(Math.max(...freely.ssm.map(Math.abs))).toBeGreaterThan(1.5 * Math.max(...state.ssm.map(Math.abs)));
  });

  test("a state that is copied goes its own way", () => {
    const layer = new Mamba2({ dModel: 8, dState: 4, headdim: 4, dtype });
    const state = layer.forward(uniform(random, dtype, 5 * 8), { batch: 1, length: 5 }).state;
    const fork = copyOf(state);
    const [u, other] = [uniform(random, dtype, 8), uniform(random, dtype, 8)];
    layer.step(other, state);
    const { y } = layer.step(u, copyOf(fork));
    layer.step(other, state);
    expectSameBits("y", layer.step(u, fork).y, y);
  });

  test.each(cases.map((each) => [each.title, each] as const))("%s: a file makes the same layer again", (_, { make }) => {
    const layer = perturbed(make({ dtype, seed: 3 }));
    const bytes = saveLayer(layer);
    const again = loadLayer(bytes) as Mamba;
    expect(again.options).toEqual(layer.options);
    const kept = JSON.parse(JSON.stringify(layer.options)) as never;
    expect(new (layer.constructor as typeof Mamba)(kept).options).toEqual(layer.options);
    const u = uniform(random, dtype, 2 * layer.dModel);
    expectSameBits("y", again.forward(u, { batch: 1, length: 2 }).y, layer.forward(u, { batch: 1, length: 2 }).y);
  });

  test("what they cannot do is refused as unsupported", () => {
    const layer = new Mamba({ dModel: 4, dtype });
    const u = uniform(random, dtype, 4);
    const dt = uniform(random, dtype, 1, 1, 2);
    expectRefusal(() => layer.forward(u, { batch: 1, length: 1 }, { dt }), { code: "unsupported", names: "dt" });
    expectRefusal(() => layer.step(u, layer.initialState(1), { dt }), { code: "unsupported", names: "dt" });
    expectRefusal(() => layer.forward(u, { batch: 1, length: 1 }, { mode: "convolution" }), { code: "unsupported", says: [/convolution/] });
  });
});
