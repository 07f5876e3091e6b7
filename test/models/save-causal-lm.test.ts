// A saved language model is the same model, and says so in transformers' words.
import { loadCausalLM, Mamba2ForCausalLM, MambaForCausalLM, saveCausalLM, ScanError } from "ssm-scan";
import { expect, test } from "vitest";
import { filesOf, golden, onEachBackend } from "../support/checkpoints.js";
import { expectSameBits } from "../support/close.js";

type Model = MambaForCausalLM | Mamba2ForCausalLM;

const sizes = { vocabSize: 11, dModel: 8, nLayers: 2, seed: 4 };

const models: [string, () => Model][] = [
  ["Mamba", () => new MambaForCausalLM({ ...sizes, tieEmbeddings: false, normEps: 1e-3, layer: { dState: 3, dConv: 3, dtRank: 2, expand: 1.5, bias: true, convBias: false } })],
  ["Falcon-Mamba", () => new MambaForCausalLM({ ...sizes, layer: { mixerRms: true, mixerRmsEps: 1e-4 } })],
  ["Mamba-2", () => new Mamba2ForCausalLM({ ...sizes, layer: { headdim: 4, dState: 3, ngroups: 2, chunkSize: 8, dtLimit: [0.01, Infinity] } })],
  ["Mamba-2 with limits", () => new Mamba2ForCausalLM({ ...sizes, tieEmbeddings: false, normEps: 1e-3, layer: { headdim: 8, dState: 3, normEps: 1e-3, dtLimit: [0, 0.5] } })],
];

const configOf = (files: ReadonlyMap<string, Uint8Array>): Record<string, unknown> => JSON.parse(new TextDecoder().decode(files.get("config.json"))) as Record<string, unknown>;

onEachBackend("saved language models", () => {
  test.each(models)("%s is read again", async (_, make) => {
    const model = make();
    const files = saveCausalLM(model);
    expect([...files.keys()]).toEqual(["config.json", "model.safetensors"]);
    const read = await loadCausalLM(files);
    expect(read.constructor).toBe(model.constructor);
    const { layer, seed, ...others } = model.options;
    expect(read.options).toMatchObject(others);
    const { dtMin, dtMax, dtInitFloor, ...kept } = layer.options;
    expect({ ...read.options.layer.options, seed }).toMatchObject({ ...kept, expand: expect.closeTo(kept.expand) as number, seed });
    expect([dtMin, dtMax, dtInitFloor]).toEqual([0.001, 0.1, 1e-4]);
    const ids = Int32Array.of(1, 9, 4, 0);
    expectSameBits("logits", read.forward(ids, { batch: 1, length: 4 }).logits, model.forward(ids, { batch: 1, length: 4 }).logits);
  });

  test.each(["bfloat16", "float16"] as const)("one saved in %s is the one that is read so, with all but matrices exact", async (weights) => {
    const model = models[0]![1]();
    const [files, read] = [saveCausalLM(model, { weights }), await loadCausalLM(saveCausalLM(model), { weights })];
    expect(files.get("model.safetensors")!.length).toBeLessThan(saveCausalLM(model).get("model.safetensors")!.length);
    for (const kept of ["float32", weights] as const) {
      const again = await loadCausalLM(files, { weights: kept });
      for (const [name, { data }] of Object.entries(read.parameters())) expectSameBits(name, again.parameters()[name]!.data, data);
    }
  });

  test("one in 16 bits is saved in float32", async () => {
    const model = await loadCausalLM(filesOf(await golden("hf_mamba2_tiny")), { weights: "bfloat16" });
    const read = await loadCausalLM(saveCausalLM(model));
    for (const [name, { data }] of Object.entries(model.parameters())) expectSameBits(name, read.parameters()[name]!.data, data);
    expect(read.endTokens).toEqual([2]);
  });
});

test("the configuration has transformers' names", async () => {
  const own = await golden("hf_mamba2_tiny");
  const config = configOf(saveCausalLM(await loadCausalLM(filesOf(own))));
  const said = Object.entries(own.config).filter(([name]) => name in config && !["time_step_limit", "bos_token_id", "pad_token_id"].includes(name));
  expect(said.length).toBeGreaterThan(18);
  for (const [name, value] of said) expect(config[name], name).toEqual(value);
  expect(config["time_step_limit"]).toEqual([0, { __float__: "Infinity" }]);
  const strict = new MambaForCausalLM({ ...sizes, normEps: 1, layer: { dState: 2 } });
  const text = new TextDecoder().decode(saveCausalLM(strict).get("config.json"));
  for (const real of ['"time_step_scale": 1.0,', '"layer_norm_epsilon": 1.0,', '"expand": 2,']) expect(text).toContain(real);
  expect(configOf(saveCausalLM(models[1]![1]()))).toMatchObject({ architectures: ["FalconMambaForCausalLM"], model_type: "falcon_mamba", mixer_rms_eps: 1e-4, eos_token_id: null });
});

test.each([
  [{ normBeforeGate: true }, /no `normBeforeGate` true, expected false/],
  [{ rmsnorm: false }, /no `rmsnorm` false, expected true/],
  [{ dSsm: 8 }, /no `dSsm` 8, expected 16/],
  [{ DHasHdim: true }, /no `DHasHdim` true, expected false/],
  [{ ngroups: 2, normGroups: 1 }, /no `normGroups` 1, expected 2/],
  [{ normEps: 1e-3 }, /no `normEps` 0.001, expected 0.00001/],
])("%o has no place there", (options, says) => {
  const model = new Mamba2ForCausalLM({ ...sizes, layer: { headdim: 4, dState: 3, ...options } });
  expect(() => saveCausalLM(model)).toThrow(ScanError);
  expect(() => saveCausalLM(model)).toThrow(says);
});

test("what is no language model is refused", () => {
  expect(() => saveCausalLM({} as MambaForCausalLM)).toThrow(/`model` must be a MambaForCausalLM or a Mamba2ForCausalLM, got \[object Object\]/);
});
