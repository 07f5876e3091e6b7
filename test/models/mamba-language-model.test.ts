// Language models of Mamba and Mamba-2: padding, pieces, steps, states.
import { loadState, MambaLanguageModel, type MambaLanguageModelOptions, type Real, saveState } from "ssm-scan";
import { expect, test } from "vitest";
import { expectClose, expectSameBits } from "../support/close.js";
import { copyOf, describeEach } from "../support/layer-laws.js";
import { typed } from "../support/precision.js";
import { generator } from "../support/random.js";

const common = { vocabSize: 11, dModel: 8, nLayers: 3, seed: 2 };
const models: [string, MambaLanguageModelOptions][] = [
  ["Mamba", { ...common, layer: { name: "Mamba", options: { dState: 4, mixerRms: true } } }],
  ["Mamba2", { ...common, tieEmbeddings: false, layer: { name: "Mamba2", options: { dState: 4, headdim: 4, ngroups: 2 } } }],
];

const dims = { batch: 3, length: 9 };
const V = common.vocabSize;

describeEach("language models", (dtype) => {
  const bound = dtype === "float64" ? 1e-11 : 1e-5;
  const random = generator(7);
  const tokens = (count: number): Int32Array => Int32Array.from({ length: count }, () => Math.floor(random() * V));
  const make = (options: MambaLanguageModelOptions): MambaLanguageModel => {
    const model = new MambaLanguageModel({ ...options, dtype });
    for (const { data } of Object.values(model.parameters())) data.forEach((x, i) => { data[i] = x + 0.2 * (random() - 0.5); });
    return model;
  };
  const planes = (state: Record<string, Real>, n = 0, of = 1): Real[] =>
    Object.keys(state).sort().map((key) => state[key]!.slice((n * state[key]!.length) / of, ((n + 1) * state[key]!.length) / of));

  test.each(models)("%s: padding on both sides is neither read nor written", (_, options) => {
    const model = make(options);
    const ids = tokens(27);
    const [starts, lengths] = [Int32Array.of(0, 4, 9), Int32Array.of(7, 9, 9)];
    const reset = new Uint8Array(27);
    reset[14] = 1;
    for (let n = 0; n < 3; n++) ids.fill(-1, n * 9, n * 9 + starts[n]!).fill(99, n * 9 + lengths[n]!, n * 9 + 9);
    const entering = model.forward(tokens(3), { batch: 3, length: 1 }).state;
    const got = model.forward(ids, dims, { starts, lengths, reset, state: entering, hidden: true });
    const last = model.forward(ids, dims, { starts, lengths, reset, state: entering, logits: "last" });
    for (let n = 0; n < 3; n++) {
      const [from, to] = [n * 9 + starts[n]!, n * 9 + lengths[n]!];
      const state = Object.fromEntries(Object.entries(entering).map(([key, plane]) => [key, plane.slice((n * plane.length) / 3, ((n + 1) * plane.length) / 3)]));
      const alone = model.forward(ids.slice(from, to), { batch: 1, length: to - from }, { state, reset: reset.slice(from, to), hidden: true });
      expectClose(`logits of ${n}`, got.logits.slice(from * V, to * V), alone.logits, bound);
      got.hidden!.forEach((h, i) => { expectClose(`hidden ${i} of ${n}`, h.slice(from * 8, to * 8), alone.hidden![i]!, bound); });
      expectClose(`state of ${n}`, planes(got.state, n, 3), planes(alone.state), bound);
      expectClose(`last logits of ${n}`, last.logits.slice(n * V, (n + 1) * V), to > from ? alone.logits.slice(-V) : typed(dtype, new Array<number>(V).fill(0)), bound);
      const rest = [got.logits.slice(n * 9 * V, from * V), got.logits.slice(to * V, (n + 1) * 9 * V)];
      expect(rest.every((part) => part.every((value) => value === 0))).toBe(true);
    }
    expectClose("states", planes(last.state), planes(got.state), 0);
  });

  test.each(models)("%s: pieces and steps are the whole", (_, options) => {
    const model = make(options);
    const ids = tokens(20);
    const whole = model.forward(ids, { batch: 1, length: 20 });
    const head = model.forward(ids.slice(0, 6), { batch: 1, length: 6 });
    const more = model.forward(ids.slice(6, 13), { batch: 1, length: 7 }, { state: loadState(saveState(head.state)) });
    expectClose("logits", more.logits, whole.logits.slice(6 * V, 13 * V), bound);
    const state = copyOf(more.state);
    const held = { ...state };
    for (let t = 13; t < 20; t++) {
      const stepped = model.step(ids.slice(t, t + 1), state);
      expect(stepped.state).toBe(state);
      expectClose(`logits at ${t}`, stepped.logits, whole.logits.slice(t * V, (t + 1) * V), bound);
    }
    for (const key of Object.keys(held)) expect(state[key]).toBe(held[key]);
    expectClose("state", planes(state), planes(whole.state), bound);
    expectClose("last logits", model.forward(ids, { batch: 1, length: 20 }, { logits: "last" }).logits, whole.logits.slice(-V), bound);
    expect(model.forward(ids, { batch: 1, length: 20 }, { logits: "none" }).logits).toHaveLength(0);
  });

  test.each(models)("%s: nothing gives nothing", (_, options) => {
    const model = make(options);
    expect(model.forward(new Int32Array(0), { batch: 0, length: 4 }).logits).toHaveLength(0);
    const { state } = model.forward(tokens(2), { batch: 2, length: 1 });
    const none = model.forward(new Int32Array(0), { batch: 2, length: 0 }, { state, logits: "last" });
    expectSameBits("state", planes(none.state), planes(state));
    expect(none.logits.every((value) => value === 0)).toBe(true);
    expect(model.step(new Int32Array(0), model.initialState(0)).logits).toHaveLength(0);
  });

  test.each(models)("%s: its parameters are live, and can be taken from another", (_, options) => {
    const [model, other] = [make(options), make(options)];
    const ids = tokens(5);
    const before = model.forward(ids, { batch: 1, length: 5 }).logits;
    for (const [name, { data }] of Object.entries(model.parameters())) {
      const kept = data.slice();
      data.forEach((x, i) => { data[i] = 1.25 * x + 0.02; });
      expect(() => { expectClose("logits", model.forward(ids, { batch: 1, length: 5 }).logits, before, 1e-9); }, name).toThrow();
      model.parameters()[name]!.data.set(kept);
    }
    other.loadParameters(model.parameters());
    expectSameBits("logits", other.forward(ids, { batch: 1, length: 5 }).logits, before);
  });
});
