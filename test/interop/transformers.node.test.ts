// Models of transformers give the same here, and models made here give the same there.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { init, loadCausalLM, loadTokenizer, Mamba2ForCausalLM, MambaForCausalLM, saveCausalLM, type Tensor, TextStream } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { idsOf } from "../support/checkpoints.js";
import { expectClose } from "../support/close.js";
import { generator } from "../support/random.js";
import { isMissing, runPython, temporaryFolder, tensorsOf } from "./python.js";

type Model = MambaForCausalLM | Mamba2ForCausalLM;

/** Both sides compute in f32. */
const bound = 1e-5;

const speakers = ["mamba-text", "mamba2-text"];

/** Models that the script makes. */
const theirs = ["mamba", "mamba-odd", "mamba-shards-16", "falcon", "falcon-odd", "mamba2", "mamba2-groups", "mamba2-limits", "mamba2-shards-16", ...speakers];

const sizes = { vocabSize: 29, dModel: 20, nLayers: 3 };

const ours: Readonly<Record<string, () => Model>> = {
  mamba: () => new MambaForCausalLM({ ...sizes, layer: { dState: 5, dtRank: 3 } }),
  "mamba-untied": () => new MambaForCausalLM({ ...sizes, tieEmbeddings: false, normEps: 1e-3, layer: { expand: 3, dConv: 3, bias: true, convBias: false } }),
  falcon: () => new MambaForCausalLM({ ...sizes, layer: { mixerRms: true, mixerRmsEps: 1e-3 } }),
  mamba2: () => new Mamba2ForCausalLM({ ...sizes, layer: { headdim: 8, dState: 6 } }),
  "mamba2-untied": () => new Mamba2ForCausalLM({ ...sizes, tieEmbeddings: false, layer: { headdim: 10, dState: 4, ngroups: 2, bias: true, chunkSize: 8, dtLimit: [0.01, 0.2] } }),
  "mamba2-odd": () => new Mamba2ForCausalLM({ ...sizes, normEps: 1e-3, layer: { headdim: 10, dState: 3, dConv: 2, convBias: false, normEps: 1e-3, dtLimit: [0.02, Infinity] } }),
};

/** A model none of whose parameters is what it begins as. */
function changed(model: Model): Model {
  const random = generator(5);
  for (const { data } of Object.values(model.parameters())) data.forEach((x, i) => { data[i] = x + 0.2 * (random() - 0.5); });
  return model;
}

describe.skipIf(isMissing("transformers"))("transformers (left out where `npm run interop` has not installed it)", () => {
  const folder = temporaryFolder();

  beforeAll(async () => {
    await init();
    for (const [name, make] of Object.entries(ours)) {
      const path = join(folder, "ours", name);
      mkdirSync(path, { recursive: true });
      for (const [file, bytes] of saveCausalLM(changed(make()))) writeFileSync(join(path, file), bytes);
    }
    await runPython("transformers_models.py", folder);
  }, 300_000);

  const truthOf = (path: string): Record<string, Tensor> => tensorsOf(path, "truth.safetensors");

  const check = async (model: Model, truth: Record<string, Tensor>): Promise<void> => {
    const [batch, length] = truth["ids"]!.dims as [number, number];
    const ids = idsOf(truth["ids"]);
    expectClose("logits", model.forward(ids, { batch, length }).logits, truth["logits"]!.data, bound);
    expectClose("loss", Float64Array.of(model.loss(ids, { batch, length })), truth["loss"]!.data, bound);
    const long = model.forward(idsOf(truth["long"]), { batch: 1, length: 300 }, { logits: "last" });
    expectClose("logits after 300", long.logits, truth["long_logits"]!.data, bound);
    const [, total] = truth["text"]!.dims as [number, number];
    for (let n = 0; n < batch; n++) {
      const want = [...idsOf(truth["text"]).subarray(n * total, (n + 1) * total)];
      const text = want.slice(0, 5);
      for await (const token of model.generate(Int32Array.from(text), { maxNewTokens: total - 5 })) text.push(token);
      expect(text, `text ${n}`).toEqual(want);
    }
    if (truth["padded"] === undefined) return;
    const starts = idsOf(truth["starts"]);
    const vocabSize = truth["padded"].dims[2]!;
    const { logits } = model.forward(ids, { batch, length }, { starts });
    for (let n = 0; n < batch; n++) {
      const [from, to] = [(n * length + starts[n]!) * vocabSize, (n + 1) * length * vocabSize];
      expectClose(`logits behind padding of ${n}`, logits.subarray(from, to), truth["padded"].data.slice(from, to), bound);
    }
  };

  describe.each(backends)("%s", (backend) => {
    beforeAll(async () => { await init({ backend }); });

    test.each(theirs)("%s from transformers", async (name) => {
      const path = join(folder, "theirs", name);
      const model = await loadCausalLM(path);
      await check(model, truthOf(path));
      if (name === "mamba") expect(model.endTokens).toEqual([3, 5]);
    });

    test.each(speakers)("%s: what its tokenizer and its model say", async (name) => {
      const path = join(folder, "theirs", name);
      const truth = JSON.parse(readFileSync(join(path, "text.json"), "utf8")) as { prompt: string; ids: number[]; text: string };
      const tokenizer = await loadTokenizer(path);
      const model = await loadCausalLM(path);
      const tokens = tokenizer.encode(truth.prompt);
      expect([...tokens]).toEqual(truth.ids);
      expect(tokenizer.decode(tokens)).toBe(truth.prompt);
      const stream = new TextStream(tokenizer);
      let text = "";
      for await (const token of model.generate(tokens, { maxNewTokens: 40, stop: model.endTokens })) text += stream.push(token);
      expect(text + stream.end()).toBe(truth.text);
    });

    test.each(Object.entries(ours))("%s to transformers", async (name, make) => {
      const path = join(folder, "ours", name);
      const truth = truthOf(path);
      await check(changed(make()), truth);
      await check(await loadCausalLM(path), truth);
    });
  });
});
