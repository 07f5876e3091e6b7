// Deep sequence models: against the reference and by their definition.
import { ClassificationModel, type Layer, S5Ssm, SequenceModel } from "ssm-scan";
import { expect, test } from "vitest";
import { denseRows, stack, type StackOptions } from "../reference/stack.js";
import { expectClose } from "../support/close.js";
import { fixture, referenceErrors } from "../support/fixtures.js";
import { describeEach } from "../support/layer-laws.js";
import { concat, steps } from "../support/pieces.js";
import { typed } from "../support/precision.js";
import { generator, marks, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";
import { copyOf } from "../support/subject.js";

const s5 = { name: "S5Ssm", options: { ssmSize: 8, blocks: 2 } } as const;
const small = { dInput: 3, dModel: 6, nLayers: 2, seed: 4 };
const bound = { float32: 5e-6, float64: 2e-12 };

function logSoftmax(logits: ArrayLike<number>, classes: number): Float64Array {
  return Float64Array.from(logits).map((x, i, all) => {
    const own = all.subarray(i - (i % classes), i - (i % classes) + classes);
    return x - Math.log(own.reduce((sum, each) => sum + Math.exp(each), 0));
  });
}

describeEach("deep models", (dtype) => {
  const random = generator(8);
  const dims = { batch: 3, length: 11 };
  const u = uniform(random, dtype, 3 * 11 * 3);
  const how: StackOptions = { nLayers: 2, activation: "half_glu1", norm: "layer", normName: "norm", prenorm: true, s5: {} };
  const options = { ...small, layer: s5, activation: "half_glu1", prenorm: true, dOutput: 4, dtype } as const;
  const most = bound[dtype];

  test("ClassificationModel gives what the reference gives", async () => {
    const { tensors } = await fixture("s5_classifier_bn_bi");
    const layer = { name: "S5Ssm", options: { ssmSize: 8, blocks: 2, CInit: "lecun_normal", bidirectional: true } } as const;
    const model = new ClassificationModel({ layer, dInput: 3, dModel: 8, dOutput: 4, nLayers: 2, mode: "pool", activation: "half_glu1", prenorm: true, norm: "batch", dtype });
    model.loadParameters(tensors, { prefix: "params." });
    const { y } = model.forward(typed(dtype, tensors["x"]!.data), { batch: 2, length: 10 });
    const allowed = dtype === "float64" ? 1e-12 : Math.max(4 * referenceErrors["s5_classifier_bn_bi"]!, 1e-6);
    expectClose("y", logSoftmax(y, 4), tensors["y"]!.data, allowed);
    expectRefusal(() => model.initialState(1), { code: "unsupported" });
    expectRefusal(() => model.step(u, {}), { code: "unsupported", says: [/step/] });
  });

  test.each(["layer", "batch", "rms"] as const)("SequenceModel agrees with the definition, irregular samples, resets and padding included: %s", (norm) => {
    const model = new SequenceModel({ ...options, norm });
    for (const { data } of Object.values(model.parameters())) data.forEach((x, i) => { data[i] = x + 0.1 * random(); });
    const forward = { dt: uniform(random, dtype, 11, 0.5, 2), reset: marks(random, 33), lengths: Int32Array.of(11, 0, 6) };
    const h = stack(model.parameters(), "", { ...how, norm }, u, dims, forward);
    const want = denseRows(model.parameters(), "params.decoder", h, 6);
    forward.lengths.forEach((valid, n) => want.fill(0, (n * 11 + valid) * 4, (n + 1) * 11 * 4));
    expectClose("y", model.forward(u, dims, forward).y, want, most);
  });

  test.each(["pool", "last"] as const)("ClassificationModel agrees with the definition: %s, over the valid steps", (mode) => {
    const model = new ClassificationModel({ ...options, mode });
    const lengths = Int32Array.of(11, 1, 6);
    const h = stack(model.parameters(), "encoder.", how, u, dims, { lengths });
    const rows = [...lengths].map((valid, n) => {
      const own = Array.from({ length: valid }, (_, t) => h.slice((n * 11 + t) * 6, (n * 11 + t + 1) * 6));
      return mode === "last" ? own.at(-1)! : own[0]!.map((_, i) => own.reduce((sum, row) => sum + row[i]!, 0) / valid);
    });
    const want = denseRows(model.parameters(), "params.decoder", concat(h, rows), 6);
    const padded = u.slice().fill(Number.NaN, (11 + 1) * 3, 22 * 3);
    expectClose("y", model.forward(padded, dims, { lengths }).y, want, most);
  });

  test.each(["pool", "last"] as const)("pieces and steps say in the end what the whole says: %s", (mode) => {
    const model = new ClassificationModel({ ...options, mode });
    const whole = model.forward(u, dims);
    for (const cut of [0, 4, 11]) {
      const first = model.forward(steps([u], dims, 3, 0, cut)[0]!, { batch: 3, length: cut });
      const kept = copyOf(first.state);
      const second = model.forward(steps([u], dims, 3, cut, 11)[0]!, { batch: 3, length: 11 - cut }, { state: first.state });
      expectClose("y", second.y, whole.y, most);
      expect(first.state).toEqual(kept);
      for (const key of Object.keys(whole.state)) expectClose(key, second.state[key]!, whole.state[key]!, most);
    }
    const state = model.initialState(3);
    let y = whole.y;
    for (let t = 0; t < 11; t++) y = model.step(steps([u], dims, 3, t, t + 1)[0]!, state).y;
    expectClose("y of the last step", y, whole.y, most);
    for (const key of Object.keys(whole.state)) expectClose(key, state[key]!, whole.state[key]!, most);
  });

  test.each(["pool", "last"] as const)("of several documents in one row the last counts: %s", (mode) => {
    const model = new ClassificationModel({ ...options, mode });
    const reset = new Uint8Array(33);
    reset[2] = reset[5] = 1;
    const { y, state } = model.forward(u, dims, { reset, lengths: Int32Array.of(9, 11, 11) });
    const alone = model.forward(u.slice(5 * 3, 9 * 3), { batch: 1, length: 4 });
    expectClose("y", y.slice(0, 4), alone.y, most);
    expectClose("pooled", state["pooled"]!.slice(0, 6), alone.state["pooled"]!, most);
    const going = model.forward(u, dims).state;
    const after = model.forward(u.slice(0, 9), { batch: 3, length: 1 }, { state: going, reset: Uint8Array.of(1, 1, 1) });
    expectClose("y begun again", after.y, model.forward(u.slice(0, 9), { batch: 3, length: 1 }).y, most);
  });

  test("a sequence of nothing has the logits of zero", () => {
    const model = new ClassificationModel(options);
    const bias = model.parameters()["params.decoder.bias"]!.data;
    bias.set([1, 2, 3, 4]);
    const { y } = model.forward(u, dims, { lengths: Int32Array.of(0, 11, 0) });
    expect([...y.slice(0, 4), ...y.slice(8)]).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    expect([...model.forward(u.slice(0, 0), { batch: 1, length: 0 }).y]).toEqual([1, 2, 3, 4]);
  });

  test("load all of their parameters or none, wherever they are in a file", () => {
    const make = (seed: number): ClassificationModel => new ClassificationModel({ ...options, norm: "batch", seed });
    const [model, other] = [make(1), make(2)];
    const file = Object.fromEntries(Object.entries(other.parameters()).map(([name, tensor]) => [`best.${name}`, tensor]));
    const before = model.forward(u, dims).y;
    const refused = (name: string, says: RegExp): void => {
      const { [name]: _, ...rest } = file;
      expect(_).toBeDefined();
      expectRefusal(() => { model.loadParameters(rest, { prefix: "best." }); }, { code: "file", says: [says] });
      expectClose("y", model.forward(u, dims).y, before, 0);
    };
    refused("best.params.decoder.bias", /missing: best\.params\.decoder\.bias/);
    refused("best.params.encoder.encoder.kernel", /missing: best\.params\.encoder\.encoder\.kernel/);
    refused("best.params.encoder.layers_1.seq.D", /missing: best\.params\.encoder\.layers_1\.seq\.D/);
    refused("best.batch_stats.encoder.layers_1.norm.var", /missing: .*layers_1\.batch_stats\.norm\.var/);
    expectRefusal(() => { model.loadParameters({ ...file, "best.params.encoder.layers_2.seq.D": file["best.params.decoder.bias"]! }, { prefix: "best." }); }, { code: "file", says: [/unexpected: .*layers_2\.seq\.D/] });
    model.loadParameters(file, { prefix: "best." });
    expectClose("y", model.forward(u, dims).y, other.forward(u, dims).y, 0);
  });

  test("take layers of the caller's own, and tell which cannot go back in time", () => {
    const seen: number[] = [];
    const layer = (own: { dModel: number; dtype: "float32" | "float64"; seed: number }, index: number): Layer => {
      seen.push(index);
      return new S5Ssm({ ...own, ssmSize: 4, blocks: 1, bidirectional: index === 1 });
    };
    const model = new SequenceModel({ ...small, layer, dtype });
    expect(seen).toEqual([0, 1]);
    expect(model.forward(u, dims).y.every(Number.isFinite)).toBe(true);
    expectRefusal(() => model.forward(u, dims, { state: {} }), { code: "unsupported", names: "state" });
    const again = new SequenceModel(JSON.parse(JSON.stringify(model.options)) as typeof options);
    expectClose("y", again.forward(u, dims).y, model.forward(u, dims).y, 2);
    again.loadParameters(model.parameters());
    expectClose("y", again.forward(u, dims).y, model.forward(u, dims).y, 0);
  });
});
