// Gradients whose memory serves the next call: the same bits, and nothing that was given is written to again.
import { ClassificationModel, grad, type LayerName, loadBackend, SequenceModel, type Tensor, useBackend } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { generator, uniform } from "../support/random.js";

/** Large enough for arrays to be kept. */
const dims = { batch: 2, length: 160 };
const signal = (seed: number, width: number, batch = dims.batch): Tensor => ({ dims: [batch, dims.length, width], data: uniform(generator(seed), "float32", batch * dims.length * width, -1, 1) });

const layers: readonly LayerName[] = ["S5Ssm", "Lru", "MinGru", "Mamba", "Mamba2", "S4D", "LinOss", "Rnn"];
const labels = Int32Array.of(0, 1);
const training = { random: { uniform: () => 0.5, normal: () => 0, truncatedNormal: () => 0 } };

describe.each(backends)("%s", (name) => {
  beforeAll(async () => {
    useBackend(await loadBackend(name));
  });

  test.each(layers)("a model of %s", (layer) => {
    const model = new ClassificationModel({ dInput: 1, dModel: 32, nLayers: 2, dOutput: 2, norm: "batch", layer: { name: layer }, activation: "full_glu" });
    const compute = (parameters: grad.Named<grad.Variable>, u: Tensor): grad.Loss<grad.Variable> => {
      const logits = grad.forward(model, parameters, u, { training });
      return { loss: grad.crossEntropy(logits, labels), extra: logits };
    };
    const [fresh, kept] = [grad.valueAndGrad(compute), grad.valueAndGrad(compute, { reuse: true })];
    const inputs = [1, 2, 3].map((seed) => signal(seed, 1));
    const found = inputs.map((u) => kept(model.parameters(), u));
    const truth = inputs.map((u) => fresh(model.parameters(), u));
    expect(found.map(({ value, gradients, extra }) => ({ value, gradients, logits: extra.data }))).toEqual(truth.map(({ value, gradients, extra }) => ({ value, gradients, logits: extra.data })));
  });

  test("what stands in `extra`, in another shape or a list, is not written to", () => {
    const square = grad.valueAndGrad(
      ({ x }: grad.Named<grad.Variable>) => {
        const y = grad.multiply(x!, x!);
        const flat = grad.reshape(grad.add(y, x!), [2 * dims.length * 64]);
        return { loss: grad.sum(y), extra: { list: [y.data], flat } };
      },
      { reuse: true },
    );
    const x = signal(1, 64);
    const first = square({ x });
    const [y, flat] = [first.extra.list[0]!.slice(), first.extra.flat.data.slice()];
    for (const seed of [2, 3]) square({ x: signal(seed, 64) });
    expect(first.extra.list[0]).toEqual(y);
    expect(first.extra.flat.data).toEqual(flat);
    expect(first.gradients["x"]!.data).toEqual(x.data.map((value) => 2 * value));
  });

  test("calls within calls, of the same function and of others, and ones that fail", () => {
    const inner = grad.valueAndGrad(({ x }: grad.Named<grad.Variable>) => grad.mean(grad.exp(x!)), { reuse: true });
    const outer = grad.valueAndGrad(
      ({ x }: grad.Named<grad.Variable>, depth: number): grad.Variable => {
        const y = grad.exp(x!);
        const own = inner({ x: x! }).gradients["x"]!;
        if (depth > 0) outer({ x: x! }, depth - 1);
        if (depth < 0) throw new Error("given up");
        return grad.sum(grad.multiply(y, own));
      },
      { reuse: true },
    );
    const x = signal(4, 64);
    const truth = outer({ x }, 0);
    expect(() => outer({ x }, -1)).toThrow("given up");
    for (const depth of [0, 2, 1]) expect(outer({ x }, depth)).toEqual(truth);
  });

  test("sizes that change from call to call", () => {
    const model = new SequenceModel({ dInput: 8, dModel: 32, nLayers: 1, dOutput: 8, layer: { name: "MinGru" } });
    const compute = (parameters: grad.Named<grad.Variable>, u: Tensor): grad.Variable => grad.mean(grad.forward(model, parameters, u));
    const [fresh, kept] = [grad.valueAndGrad(compute), grad.valueAndGrad(compute, { reuse: true })];
    for (const batch of [3, 1, 3, 2]) {
      const u = signal(batch, 8, batch);
      expect(kept(model.parameters(), u)).toEqual(fresh(model.parameters(), u));
    }
  });
});
