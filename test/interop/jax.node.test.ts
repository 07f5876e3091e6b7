// Classifiers of S5 that are trained here and in jax, from the same parameters and batches, by the same rule, do alike.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClassificationModel, init, saveLayer, saveTensors, type Tensor, train } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { type Dtype, dtypes, typed } from "../support/precision.js";
import { generator } from "../support/random.js";
import { isMissing, runPython, temporaryFolder, tensorsOf } from "./python.js";

const [batch, length, dInput, dOutput, count, epochs] = [8, 64, 3, 4, 160, 3] as const;
const steps = (epochs * count) / batch;
const rule = { batch, epochs, learningRate: 0.01, systemRate: 0.25, weightDecay: 0.05, warmup: 0.5, clip: 0.5, seed: 3 } as const;
const norms = ["batch", "layer"] as const;

/**
 * How far losses may be apart, and parameters at the end. Both sides take the same steps but for rounding: sums in other
 * orders, other exponentials, and AdamW, which divides gradients by their own size and so takes the errors of small ones
 * for as large as any. 60 steps leave losses 1e-15 and 3e-7 apart, parameters 3e-14 and 4e-6.
 */
const bounds: Readonly<Record<Dtype, { loss: number; parameters: number }>> = {
  float64: { loss: 1e-13, parameters: 1e-12 },
  float32: { loss: 5e-6, parameters: 5e-5 },
};

const cases = dtypes.flatMap((dtype) => norms.map((norm) => ({ dtype, norm, name: `${dtype}-${norm}` })));
type Case = (typeof cases)[number];

const modelOf = ({ dtype, norm }: Case): ClassificationModel =>
  new ClassificationModel({ layer: { name: "S5Ssm", options: { ssmSize: 32, blocks: 2 } }, dModel: 24, nLayers: 2, dInput, dOutput, norm, prenorm: true, activation: "half_glu1", dtype, seed: 11 });

/** Waves whose speed is their class, in noise; `given` gets all that was asked for. */
function waves(given: train.Batch[]): train.Task {
  const set: train.DataSet = {
    count,
    examples(numbers) {
      const labels = Int32Array.from(numbers, (number) => number % dOutput);
      const input = Float32Array.from(numbers.flatMap((number) => {
        const random = generator(number);
        const phase = 2 * Math.PI * random();
        return Array.from({ length: length * dInput }, (_, i) => Math.sin(phase + (i % dInput) + 0.1 * (1 + (number % dOutput)) * Math.floor(i / dInput)) + random() - 0.5);
      }));
      given.push({ input, labels, batch: numbers.length, length });
      return given.at(-1)!;
    },
  };
  return { name: "waves", dInput, classes: dOutput, labels: "sequence", training: set, validation: set, test: set };
}

/** What a training's steps and its parameters come to, and the batches it saw. */
function trained(own: Case): { results: train.StepResult[]; parameters: Record<string, Tensor>; batches: train.Batch[] } {
  const batches: train.Batch[] = [];
  const training = new train.Training(train.trainable(modelOf(own)), waves(batches), rule);
  const results: train.StepResult[] = [];
  while (!training.isOver) {
    if (training.isDue) training.judge({ loss: 0, accuracy: 0 });
    else results.push(training.step());
  }
  return { results, parameters: training.model.parameters(), batches };
}

function write(folder: string, own: Case, batches: readonly train.Batch[]): void {
  mkdirSync(folder);
  const stacked = (arrays: readonly ArrayLike<number>[]): Float64Array => Float64Array.from(arrays.flatMap((each) => Array.from(each)));
  const u = { dims: [steps, batch, length, dInput], data: typed(own.dtype, stacked(batches.map(({ input }) => input))) };
  const labels = { dims: [steps, batch], data: stacked(batches.map((each) => each.labels)) };
  const model = modelOf(own);
  writeFileSync(join(folder, "initial.safetensors"), saveLayer(model));
  writeFileSync(join(folder, "batches.safetensors"), saveTensors({ u, labels }));
  writeFileSync(join(folder, "training.json"), JSON.stringify({ ...rule, steps, warmup: (rule.warmup * count) / batch, model: model.options }));
}

describe.skipIf(isMissing("jax"))("a small S5 in jax (left out where `npm run interop` has not installed it)", () => {
  const folder = temporaryFolder();

  beforeAll(async () => {
    await init();
    // The same for all.
    const { batches } = trained(cases[0]!);
    for (const own of cases) write(join(folder, own.name), own, batches);
    await runPython("jax_s5.py", folder);
  }, 300_000);

  describe.each(backends)("%s", (backend) => {
    beforeAll(async () => { await init({ backend }); });

    test.each(cases)("$dtype, norm by $norm: the same curve", (own) => {
      const { loss: losses, norm: lengths, ...theirs } = tensorsOf(folder, own.name, "theirs.safetensors");
      const { results, parameters } = trained(own);
      expect(results).toHaveLength(steps);
      const { loss: bound, parameters: wider } = bounds[own.dtype];
      results.forEach(({ loss, norm }, i) => {
        expectNear(`loss of step ${i + 1}`, loss, losses!.data[i]!, bound);
        expectNear(`norm of the gradient of step ${i + 1}`, norm, lengths!.data[i]!, wider);
      });
      // Gradients were cut, and were not; something was learned.
      expect(new Set(results.map(({ norm }) => norm > rule.clip)).size).toBe(2);
      expect(results.at(-1)!.loss).toBeLessThan(results[0]!.loss / 2);
      expect(Object.keys(theirs).sort()).toEqual(Object.keys(parameters).sort());
      for (const [name, { data }] of Object.entries(parameters)) expectClose(name, data, theirs[name]!.data, wider);
    });
  });
});

function expectNear(name: string, got: number, truth: number, bound: number): void {
  expect(Math.abs(got - truth), `${name}: ${got}, in jax ${truth}, at most ${bound} apart allowed`).toBeLessThanOrEqual(bound);
}
