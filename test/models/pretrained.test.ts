// Models from checkpoints give what transformers gives, in every form that a checkpoint can have.
import { loadCausalLM, loadState, Mamba2ForCausalLM, MambaForCausalLM, saveState } from "ssm-scan";
import { expect, test } from "vitest";
import { filesOf, type Format, golden, type Golden, idsOf, onEachBackend, rounded, textOf } from "../support/checkpoints.js";
import { expectClose, expectSameBits } from "../support/close.js";

type Model = MambaForCausalLM | Mamba2ForCausalLM;
interface Class { fromPretrained: (source: ReadonlyMap<string, Uint8Array>, options?: { weights?: "float32" | Format }) => Promise<Model> }

const models: readonly (readonly [string, Class])[] = [["hf_mamba_tiny", MambaForCausalLM], ["hf_mamba2_tiny", Mamba2ForCausalLM]];
const dims = { batch: 2, length: 12 };

/** Made in f32. */
const bound = 5e-6;

async function textFrom(model: Model, prompt: Int32Array, maxNewTokens: number): Promise<number[]> {
  const text: number[] = [];
  for await (const token of model.generate(prompt, { maxNewTokens })) text.push(token);
  return text;
}

const isMatrix = (name: string): boolean => /(embeddings|lm_head|_proj)\.weight$/.test(name);

const inFormat = (own: Golden, format: Format): Golden => ({
  ...own,
  weights: Object.fromEntries(Object.entries(own.weights).map(([name, tensor]) => [name, isMatrix(name) ? rounded(format, tensor) : tensor])),
});

onEachBackend("checkpoints", () => {
  test.each(models)("%s: logits, loss, greedy text", async (name, Class) => {
    const own = await golden(name);
    const model = await Class.fromPretrained(filesOf(own));
    const ids = idsOf(own.truth["ids"]);
    expectClose("logits", model.forward(ids, dims).logits, own.truth["logits"]!.data, bound);
    expectClose("loss", Float64Array.of(model.loss(ids, dims)), own.truth["loss"]!.data, bound);
    const text = idsOf(own.truth["greedy"]);
    for (const n of [0, 1]) {
      const row = text.subarray(n * 16, n * 16 + 16);
      expect(await textFrom(model, row.slice(0, 4), 12)).toEqual([...row.subarray(4)]);
    }
  });

  test.each(models)("%s: in shards, by its own class, with the other spelling of the embeddings", async (name) => {
    const own = await golden(name);
    const { "backbone.embeddings.weight": embeddings, ...others } = own.weights;
    const model = await loadCausalLM(filesOf({ ...own, weights: { ...others, "backbone.embedding.weight": embeddings! } }, { shards: 3 }));
    expect(model).toBeInstanceOf(name === "hf_mamba_tiny" ? MambaForCausalLM : Mamba2ForCausalLM);
    expectClose("logits", model.forward(idsOf(own.truth["ids"]), dims).logits, own.truth["logits"]!.data, bound);
    expect(model.parameters()["backbone.embeddings.weight"]!.dims).toEqual([32, 16]);
  });

  test.each(models.flatMap(([name, Class]) => (["bfloat16", "float16"] as const).map((format) => [name, format, Class] as const)))(
    "%s: %s in memory is the same model with rounded weights, whatever the file has",
    async (name, format, Class) => {
      const own = await golden(name);
      const ids = idsOf(own.truth["ids"]);
      const whole = await Class.fromPretrained(filesOf(inFormat(own, format)));
      const { logits } = whole.forward(ids, dims);
      for (const stored of ["F32", "F64", format === "float16" ? "F16" : "BF16"] as const) {
        const own16 = stored === "F32" || stored === "F64" ? own : inFormat(own, format);
        const model = await Class.fromPretrained(filesOf(own16, { stored }), { weights: format });
        if (stored === "F32") {
          expectClose("logits", model.forward(ids, dims).logits, logits, 1e-6);
          // A step is another kernel than a whole sequence.
          const state = model.initialState(2);
          for (let t = 0; t < 12; t++) expectClose(`logits of step ${t}`, model.step(Int32Array.of(ids[t]!, ids[12 + t]!), state).logits, at(logits, t), 2e-6);
        }
        const embeddings = model.parameters()["backbone.embeddings.weight"]!;
        expectSameBits("embeddings", embeddings.data, whole.parameters()["backbone.embeddings.weight"]!.data);
        expect(embeddings.data).toBeInstanceOf(Float32Array);
      }
    },
  );

  test.each(models)("%s: files in 16 bits are widened", async (name, Class) => {
    const own = await golden(name);
    const exact = { ...own, weights: Object.fromEntries(Object.entries(own.weights).map(([key, tensor]) => [key, rounded("bfloat16", tensor)])) };
    const [short, long] = [await Class.fromPretrained(filesOf(own, { stored: "BF16" })), await Class.fromPretrained(filesOf(exact))];
    const ids = idsOf(own.truth["ids"]);
    expectSameBits("logits", short.forward(ids, dims).logits, long.forward(ids, dims).logits);
  });

  test.each(models)("%s: states are plain objects, saved, restored and forked", async (name, Class) => {
    const own = await golden(name);
    const model = await Class.fromPretrained(filesOf(own));
    const prompt = idsOf(own.truth["greedy"]).slice(0, 4);
    const { state, logits } = model.forward(prompt.subarray(0, 3), { batch: 1, length: 3 });
    const saved = loadState(saveState(state));
    const fork = structuredClone(state);
    const whole = model.forward(prompt, { batch: 1, length: 4 }).logits.subarray(3 * 32);
    for (const each of [saved, fork]) expectClose("logits", model.step(prompt.slice(3), each as typeof state).logits, whole, 2e-6);
    expect(logits).toHaveLength(96);
    const text: number[] = [];
    for await (const token of model.generate(prompt.slice(3), { maxNewTokens: 12, state })) text.push(token);
    expect(text).toEqual([...idsOf(own.truth["greedy"]).subarray(4, 16)]);
    expectClose("the state given is left", model.forward(prompt.slice(3), { batch: 1, length: 1 }, { state }).logits, whole, 2e-6);
  });

  test.each(models)("%s: sequences of several lengths at once are each as alone", async (name, Class) => {
    const own = await golden(name);
    const model = await Class.fromPretrained(filesOf(own));
    const ids = idsOf(own.truth["ids"]);
    const { logits, state } = model.forward(ids, dims, { lengths: Int32Array.of(5, 12) });
    const first = model.forward(ids.slice(0, 5), { batch: 1, length: 5 });
    expectClose("logits", logits.subarray(0, 5 * 32), first.logits, 2e-6);
    expect(logits.subarray(5 * 32, 12 * 32).every((logit) => logit === 0)).toBe(true);
    expectClose("second", logits.subarray(12 * 32), own.truth["logits"]!.data.slice(12 * 32), bound);
    for (const [key, plane] of Object.entries(state)) expectClose(key, plane.subarray(0, plane.length / 2), first.state[key]!, 2e-6);
  });
});

/** The logits of both sequences at a step. */
function at(logits: Float32Array, t: number): Float32Array {
  return Float32Array.of(...logits.subarray(t * 32, (t + 1) * 32), ...logits.subarray((12 + t) * 32, (13 + t) * 32));
}

test("mamba_ssm's own configuration makes the same model", async () => {
  const own = await golden("hf_mamba_tiny");
  const config = { d_model: 16, n_layer: 2, vocab_size: 27, pad_vocab_size_multiple: 8, ssm_cfg: { layer: "Mamba1", d_state: 4 }, rms_norm: true, residual_in_fp32: true, fused_add_norm: true, tie_embeddings: true };
  const { "lm_head.weight": tied, ...weights } = own.weights;
  expect(tied).toBeDefined();
  const model = await MambaForCausalLM.fromPretrained(filesOf({ config, weights }));
  expect(model.options).toMatchObject({ vocabSize: 32, dModel: 16, nLayers: 2, layer: { name: "Mamba", options: { dState: 4, dtRank: 1 } } });
  expectClose("logits", model.forward(idsOf(own.truth["ids"]), dims).logits, own.truth["logits"]!.data, bound);
});

test("infinite step sizes are read in each of Python's spellings", async () => {
  const own = await golden("hf_mamba2_tiny");
  for (const text of ['"inf"', "Infinity", '{"__float__": "Infinity"}']) {
    const files = filesOf(own).set("config.json", textOf(JSON.stringify(own.config).replace('"inf"', text)));
    const { options } = await Mamba2ForCausalLM.fromPretrained(files);
    expect(options.layer.options).toMatchObject({ dtLimit: [0, Infinity] });
  }
});

test("what transformers does not read of its configuration says nothing", async () => {
  const own = await golden("hf_mamba2_tiny");
  const model = await Mamba2ForCausalLM.fromPretrained(filesOf({ ...own, config: { ...own.config, norm_before_gate: true, rms_norm: false } }));
  expectClose("logits", model.forward(idsOf(own.truth["ids"]), dims).logits, own.truth["logits"]!.data, bound);
});

test("the tokens that end a text are those of the configuration", async () => {
  const own = await golden("hf_mamba2_tiny");
  expect((await Mamba2ForCausalLM.fromPretrained(filesOf(own))).endTokens).toEqual([2]);
});

test("a model may begin with random weights", () => {
  const make = () => new MambaForCausalLM({ vocabSize: 9, dModel: 8, nLayers: 1, layer: { dState: 4 }, seed: 3 });
  const ids = Int32Array.of(1, 2, 3);
  expectSameBits("logits", make().forward(ids, { batch: 1, length: 3 }).logits, make().forward(ids, { batch: 1, length: 3 }).logits);
  expect(() => new MambaForCausalLM()).toThrow(/`vocabSize` is missing/);
});
