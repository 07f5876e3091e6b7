// Language models in trainings: they learn, go on bit for bit, and refuse what they cannot take.
import { init, loadCausalLM, Mamba2ForCausalLM, MambaForCausalLM, saveCausalLM, train } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectSameBits } from "../support/close.js";

const task = train.text(new TextEncoder().encode("what is said again and again is known by heart; ".repeat(30)), { length: 16 });
const size = { vocabSize: 128, dModel: 16, nLayers: 1 };
const options = { batch: 8, epochs: 2, warmup: 0, learningRate: 0.05, logEvery: 5 };
const models = {
  Mamba: () => new MambaForCausalLM({ ...size, layer: { dState: 4 } }),
  Mamba2: () => new Mamba2ForCausalLM({ ...size, layer: { dState: 4, headdim: 8, chunkSize: 8 } }),
} as const;
const names = Object.keys(models) as (keyof typeof models)[];

const made = (name: keyof typeof models): train.Training => new train.Training(train.trainable(models[name]()), task, options);

async function run(training: train.Training, steps = Infinity): Promise<train.Training> {
  for await (const event of train.fit(training)) if (event.kind === "step" && event.step === steps) break;
  return training;
}

/** Bits of a byte by the shares of bytes alone. */
const unigram = train.ngramBits(new TextEncoder().encode("what is said again and again is known by heart; "), new TextEncoder().encode("what is said again and again is known by heart; "), 0);

describe.each(backends)("on %s", (backend) => {
  beforeAll(async () => {
    await init({ backend, threads: 1 });
  });

  test.each(names)("%s: one that was left goes on bit for bit, and learns more than the shares of bytes", async (name) => {
    const whole = await run(made(name));
    const second = made(name);
    train.restore(second, train.checkpointBytes(await run(made(name), 11)));
    await run(second);
    for (const [key, { data }] of Object.entries(whole.model.parameters())) expectSameBits(key, second.model.parameters()[key]!.data, data);
    expect(whole.progress.best!.loss / Math.LN2).toBeLessThan(unigram);
    expect(second.progress.best).toEqual(whole.progress.best);
  });
});

test("the best validation of a text is that of the lowest loss", async () => {
  await init();
  const training = made("Mamba");
  expect(training.judge({ loss: 2, accuracy: 0.5 }).best).toBe(true);
  expect(training.judge({ loss: 1.9, accuracy: 0.4 }).best).toBe(true);
  expect(training.judge({ loss: 2.1, accuracy: 0.9 }).best).toBe(false);
});

test("weights in 16 bits and features are refused", async () => {
  await init();
  const short = await loadCausalLM(saveCausalLM(models.Mamba()), { weights: "bfloat16" });
  expect(() => train.trainable(short)).toThrow(/`backbone\.embeddings\.weight` is kept in 16 bits, which do not change/);
  const features: train.Task = { ...task, training: { count: 8, examples: () => ({ batch: 1, length: 1, input: new Float32Array(256), labels: new Int32Array(1) }) } };
  expect(() => new train.Training(train.trainable(models.Mamba()), features, { batch: 8 }).step()).toThrow(/takes tokens, an Int32Array, got features/);
});
