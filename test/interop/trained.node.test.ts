// Mambas that were trained here have the same logits in transformers, and the gradients that torch finds through its models.
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { grad, init, loadCausalLM, Mamba2ForCausalLM, MambaForCausalLM, saveCausalLM, saveTensors, type Tensor, train } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { root } from "../support/child.js";
import { expectClose } from "../support/close.js";
import { generator } from "../support/random.js";
import { isMissing, runPython, temporaryFolder, tensorsOf } from "./python.js";

type Model = MambaForCausalLM | Mamba2ForCausalLM;

const [batch, length, steps] = [4, 37, 25] as const;
const sizes = { vocabSize: 29, dModel: 24, nLayers: 2 };

const models: Readonly<Record<string, () => Model>> = {
  mamba: () => new MambaForCausalLM({ ...sizes, layer: { dState: 6, dtRank: 3 } }),
  "mamba-untied": () => new MambaForCausalLM({ ...sizes, tieEmbeddings: false, layer: { dState: 4, dConv: 3, bias: true, convBias: false } }),
  falcon: () => new MambaForCausalLM({ ...sizes, layer: { mixerRms: true } }),
  mamba2: () => new Mamba2ForCausalLM({ ...sizes, layer: { headdim: 8, dState: 6, chunkSize: 16 } }),
  "mamba2-groups": () => new Mamba2ForCausalLM({ ...sizes, tieEmbeddings: true, layer: { headdim: 8, dState: 5, ngroups: 3, bias: true, chunkSize: 8, dtLimit: [0.005, 0.09] } }),
};

/** The model that is in the package, whose tokens are bytes; its matrices are widened from bfloat16. */
const shipped = "jargon";

const names = [...Object.keys(models), shipped];

/** Both sides compute in float32, which leaves gradients 5e-6 apart. */
const bounds = { logits: 5e-6, loss: 1e-6, gradients: 2e-5 };

/** Sequences in which each id follows from the one before, but for every fifth or so. */
const ids = ((): Int32Array => {
  const random = generator(17);
  const found = new Int32Array(batch * length);
  found.forEach((_, i) => { found[i] = i % length > 0 && random() > 0.2 ? (5 * found[i - 1]! + 3) % sizes.vocabSize : Math.floor(sizes.vocabSize * random()); });
  return found;
})();
const next = ids.map((_, i) => ((i + 1) % length === 0 ? -1 : ids[i + 1]!));

/** The mean cross-entropy of what comes next, and its gradients. */
function lossOf(model: Model): { loss: number; gradients: Record<string, Tensor> } {
  // The model's own arrays may be views of a memory that grows.
  const copies = Object.fromEntries(Object.entries(model.parameters()).map(([name, { dims, data }]) => [name, { dims, data: data.slice() }]));
  const compute = grad.valueAndGrad((parameters) => grad.crossEntropy(grad.logits(model, parameters, ids, { batch, length }), next));
  const { value, gradients } = compute(copies);
  return { loss: value, gradients };
}

/** Trains a model; the losses of its steps. */
function trained(model: Model): number[] {
  const optimiser = new train.AdamW({ learningRate: 0.01, groups: train.systemGroups(0.5) });
  return Array.from({ length: steps }, () => {
    const { loss, gradients } = lossOf(model);
    train.clipByGlobalNorm(gradients, 1);
    optimiser.step(model.parameters(), gradients);
    return loss;
  });
}

describe.skipIf(isMissing("transformers"))("trained models in transformers (left out where `npm run interop` has not installed it)", () => {
  const folder = temporaryFolder();

  beforeAll(async () => {
    await init();
    for (const [name, make] of Object.entries(models)) {
      const [path, model] = [join(folder, name), make()];
      mkdirSync(path);
      const losses = trained(model);
      expect(losses.at(-1), `the loss of ${name}`).toBeLessThan(losses[0]! - 0.5);
      for (const [file, bytes] of saveCausalLM(model)) writeFileSync(join(path, file), bytes);
    }
    cpSync(join(root, "models", shipped), join(folder, shipped), { recursive: true });
    const tensors = saveTensors({ ids: { dims: [batch, length], data: Float64Array.from(ids) } });
    for (const name of names) writeFileSync(join(folder, name, "ids.safetensors"), tensors);
    await runPython("transformers_gradients.py", folder);
  }, 300_000);

  describe.each(backends)("%s", (backend) => {
    beforeAll(async () => { await init({ backend }); });

    test.each(names)("%s: logits, loss and gradients", async (name) => {
      const truth = tensorsOf(folder, name, "truth.safetensors");
      const model = (await loadCausalLM(join(folder, name))) as Model;
      const { loss, gradients } = lossOf(model);
      expectClose("logits", model.forward(ids, { batch, length }).logits, truth["logits"]!.data, bounds.logits);
      expectClose("loss", Float64Array.of(loss), truth["loss"]!.data, bounds.loss);
      const wanted = Object.keys(truth).filter((key) => key.startsWith("grad."));
      expect(Object.keys(gradients).map((parameter) => `grad.${parameter}`).sort()).toEqual(wanted.sort());
      for (const [parameter, { dims, data }] of Object.entries(gradients)) {
        const other = truth[`grad.${parameter}`]!;
        // torch's convolution has an axis of 1 between the others.
        expect(dims.filter((axis) => axis > 1), parameter).toEqual(other.dims.filter((axis) => axis > 1));
        expectClose(parameter, data, other.data, bounds.gradients);
      }
    });
  });
});
