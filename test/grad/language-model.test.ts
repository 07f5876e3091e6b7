// Language models on variables: logits, the gradients of transformers' loss, and what is refused.
import { grad, init, Mamba2ForCausalLM, MambaForCausalLM, MambaLanguageModel, type MambaLanguageModelOptions, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { differences } from "../support/differences.js";
import { fixture } from "../support/fixtures.js";
import { dtypes, typed } from "../support/precision.js";
import { generator } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";

type Parameters = Record<string, Tensor>;

const tiny = { vocabSize: 32, dModel: 16, nLayers: 2 };
const mamba2 = { headdim: 8, dState: 4, ngroups: 2, chunkSize: 4 };
const golden: readonly [string, MambaLanguageModelOptions][] = [
  ["hf_mamba_tiny", { ...tiny, layer: { name: "Mamba", options: { dState: 4, dtRank: 1 } } }],
  ["hf_mamba2_tiny", { ...tiny, tieEmbeddings: false, layer: { name: "Mamba2", options: mamba2 } }],
];
const layers: readonly MambaLanguageModelOptions["layer"][] = [
  { name: "Mamba", options: { dState: 2, mixerRms: true, bias: true } },
  { name: "Mamba2", options: { dState: 3, headdim: 2, ngroups: 2, bias: true } },
];

/** The id that follows each, and -1 after the last one. */
const nextOf = (ids: Int32Array, length: number): Int32Array => ids.map((_, i) => ((i + 1) % length === 0 ? -1 : ids[i + 1]!));

describe.each(backends)("language models on variables, on %s", (backend) => {
  beforeAll(async () => {
    await init({ backend });
  });

  describe.each(dtypes)("in %s", (dtype) => {
    test.each(golden)("%s: loss and gradients", async (name, options) => {
      const { tensors } = await fixture(name);
      const model = new MambaLanguageModel({ ...options, dtype });
      const dims = { batch: 2, length: 12 };
      const ids = Int32Array.from(tensors["ids"]!.data, Number);
      const own = Object.keys(model.parameters());
      const as = ({ dims, data }: Tensor): Tensor => ({ dims, data: typed(dtype, data) });
      const parameters: Parameters = Object.fromEntries(own.map((key) => [key, as(tensors[`params.${key}`]!)]));
      const loss = (variables: Record<string, grad.Variable>) => {
        const logits = grad.logits(model, variables, ids, dims);
        return { loss: grad.crossEntropy(logits, nextOf(ids, dims.length)), extra: logits };
      };
      const { value, gradients, extra } = grad.valueAndGrad(loss)(parameters);
      expectClose("logits", extra.data, tensors["logits"]!.data, 5e-6);
      expectClose("loss", Float64Array.of(value), tensors["loss"]!.data, 5e-6);
      for (const key of own) expectClose(key, gradients[key]!.data, tensors[`grad.${key}`]!.data, 2e-5);
    });
  });

  test.each(layers)("a model of $name with random weights has the logits of forward, documents and padding included, and gradients", (layer) => {
    const model = new MambaLanguageModel({ vocabSize: 7, dModel: 4, nLayers: 2, tieEmbeddings: false, dtype: "float64", layer });
    const random = generator(3);
    for (const { data } of Object.values(model.parameters())) data.forEach((value, i) => (data[i] = value + 0.4 * random()));
    // Steps long enough for decays to count.
    for (const [name, { data }] of Object.entries(model.parameters())) if (name.endsWith("dt_bias")) data.forEach((value, i) => (data[i] = value + 3));
    const [ids, dims] = [Int32Array.of(1, 2, 3, 4, 5, 6, 0, 1), { batch: 2, length: 4 }];
    for (const how of [{}, { reset: Uint8Array.of(0, 0, 1, 0, 0, 1, 0, 0) }, { lengths: Int32Array.of(4, 2) }]) {
      const found = grad.logits(model, model.parameters(), ids, dims, how);
      expect(found.dims).toEqual([2, 4, 7]);
      expectClose(`logits with ${Object.keys(how).join() || "nothing"}`, found.data, model.forward(ids, dims, how).logits, 1e-12);
    }
    const loss = (variables: Record<string, grad.Variable>): grad.Variable => grad.crossEntropy(grad.logits(model, variables, ids, dims), nextOf(ids, 4));
    const copy = Object.fromEntries(Object.entries(model.parameters()).map(([name, { dims, data }]) => [name, { dims, data: data.slice() }]));
    const { gradients } = grad.valueAndGrad(loss)(copy);
    const truth = differences(copy, (at) => grad.valueAndGrad(loss)(at).value);
    for (const name of Object.keys(truth)) expectClose(name, gradients[name]!.data, truth[name]!, 1e-6);
  });

  test("Mamba2ForCausalLM", () => {
    const model = new Mamba2ForCausalLM({ vocabSize: 7, dModel: 4, nLayers: 1, layer: { dState: 3, headdim: 4 } });
    const [ids, dims] = [Int32Array.of(1, 2, 3, 4), { batch: 1, length: 4 }];
    expectClose("logits", grad.logits(model, model.parameters(), ids, dims).data, model.forward(ids, dims).logits, 2e-6);
  });

  test("a model of a checkpoint, and what does not fit it", () => {
    const model = new MambaForCausalLM({ vocabSize: 7, dModel: 4, nLayers: 1, layer: { dState: 2 } });
    const [ids, dims] = [Int32Array.of(1, 2, 3, 4), { batch: 1, length: 4 }];
    const parameters = model.parameters();
    expectClose("logits", grad.logits(model, parameters, ids, dims).data, model.forward(ids, dims).logits, 2e-6);
    const others = Object.fromEntries(Object.entries(parameters).filter(([name]) => !name.includes("norm_f")));
    expectRefusal(() => grad.logits(model, others, ids, dims), { code: "option", names: "parameters", says: [/norm_f/] });
    expectRefusal(() => grad.logits({} as never, parameters, ids, dims), { code: "option", names: "model" });
    expectRefusal(() => grad.logits(model, parameters, Int32Array.of(1, 2, 7, 0), dims), { code: "shape", names: "ids", says: [7, 6] });
    expectRefusal(() => grad.logits(model, parameters, ids, { batch: 2, length: 4 }), { code: "shape", names: "ids", says: [4, 8] });
    expectRefusal(() => grad.logits(model, parameters, ids, dims, { reset: new Uint8Array(3) }), { code: "shape", names: "reset", says: [3, 4] });
    expectRefusal(() => grad.logits(model, parameters, ids, dims, { lengths: Int32Array.of(5) }), { code: "shape", names: "lengths", says: [5, 4] });
  });
});
