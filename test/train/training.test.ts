// Trainings: that they learn, and that one left at any moment goes on as if it had not been.
import { ClassificationModel, init, SequenceModel, train } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectSameBits } from "../support/close.js";

/** Two classes of short sequences, which all that moves has a part in: statistics of batches and dropout. */
const noisy: train.Task = taskOf("noisy", (number) => number % 2);

function taskOf(name: string, classOf: (number: number) => number): train.Task {
  const set = (count: number, first: number): train.DataSet => ({
    count,
    endless: first === 0,
    examples(numbers) {
      const input = Float32Array.from(numbers.flatMap((number) => Array.from({ length: 6 }, (_, t) => Math.sin((1 + classOf(number)) * t + number + first))));
      return { batch: numbers.length, length: 6, input, labels: Int32Array.from(numbers, classOf) };
    },
  });
  return { name, dInput: 1, classes: 2, labels: "sequence", training: set(13, 0), validation: set(5, 1000), test: set(5, 2000) };
}

const modelOf = (dropout = 0.2): ClassificationModel =>
  new ClassificationModel({ layer: { name: "S5Ssm", options: { ssmSize: 4 } }, dModel: 4, nLayers: 1, dInput: 1, dOutput: 2, norm: "batch", prenorm: true, activation: "half_glu1", dropout });

const options: train.TrainingOptions = { batch: 4, epochs: 3, learningRate: 0.05, logEvery: 2, patience: 9 };
const made = (own = options): train.Training => new train.Training(train.trainable(modelOf()), noisy, own);

/** All that a training came to, but for the time. */
function outcome(training: train.Training): object {
  const { step, epoch, best, recent, whole } = training.progress;
  return { step, epoch, best, recent, whole, random: training.random.state(), log: training.log.map((entry) => ({ ...entry, seconds: 0 })) };
}

async function run(training: train.Training, events = Infinity): Promise<train.TrainingEvent[]> {
  const found: train.TrainingEvent[] = [];
  if (events === 0) return found;
  for await (const event of train.fit(training)) if (found.push(event) === events) break;
  return found;
}

describe.each(backends)("on %s", (backend) => {
  beforeAll(async () => {
    await init({ backend });
  });

  test("one that is left at any event goes on bit for bit", async () => {
    const whole = made();
    const events = await run(whole);
    expect(events.filter(({ kind }) => kind === "step")).toHaveLength(9);
    for (let left = 0; left < events.length; left++) {
      const first = made();
      await run(first, left);
      const second = made();
      train.restore(second, train.checkpointBytes(first));
      const rest = await run(second);
      // A validation that was left begins anew.
      const steps = (all: readonly train.TrainingEvent[]) => all.filter(({ kind }) => kind === "step");
      expect(steps([...events.slice(0, left), ...rest])).toEqual(steps(events));
      expect(outcome(second)).toEqual(outcome(whole));
      for (const [name, { data }] of Object.entries(whole.model.parameters())) expectSameBits(name, second.model.parameters()[name]!.data, data);
      for (const [name, { data }] of Object.entries(whole.best!)) expectSameBits(name, second.best![name]!.data, data);
    }
  });
});

test("the running statistics follow the batches'", () => {
  const training = made({ ...options, batch: 13 });
  const statistics = Object.entries(training.model.parameters()).filter(([name]) => name.startsWith("batch_stats."));
  const before = statistics.map(([, { data }]) => data.slice());
  training.step();
  expect(statistics).toHaveLength(2);
  statistics.forEach(([name, { data }], i) => expect(data, name).not.toEqual(before[i]));
});

test("a small S5 learns a text, a minGRU to copy", async () => {
  await init();
  const layerOf = { text: { name: "S5Ssm", options: { ssmSize: 16 } }, copying: { name: "MinGru" } } as const;
  const tasks = {
    text: train.text(new TextEncoder().encode("what is said again and again is known by heart; ".repeat(200)), { length: 32 }),
    copying: train.selectiveCopying({ length: 5, tokens: 1, vocabSize: 6, epoch: 512, held: 64 }),
  };
  for (const name of ["text", "copying"] as const) {
    const task = tasks[name];
    const model = new SequenceModel({ layer: layerOf[name], dModel: 32, nLayers: 2, dInput: task.dInput, dOutput: task.classes, norm: "rms", prenorm: true, activation: "half_glu1" });
    const training = new train.Training(train.trainable(model), task, { batch: 16, epochs: 10, learningRate: 0.01 });
    await run(training);
    expect(training.progress.best!.accuracy, name).toBeGreaterThan(0.9);
  }
});

test("the best parameters are those of the best validation, whose means the log has", async () => {
  const training = made();
  await run(training);
  const { best } = training.progress;
  const entries = training.log.filter(({ validation }) => validation !== undefined);
  expect(entries).toHaveLength(3);
  expect(Math.max(...entries.map(({ validation }) => validation!.accuracy))).toBe(best!.accuracy);
  training.takeBest();
  const [again] = [...training.evaluate(noisy.validation)].slice(-1);
  expect(again).toMatchObject({ loss: best!.loss, accuracy: best!.accuracy, done: 5 });
});

test("patience: epochs that bring nothing better end it", async () => {
  // Nothing moves at a rate of almost nothing.
  const training = new train.Training(train.trainable(modelOf(0)), noisy, { ...options, epochs: 20, learningRate: 1e-30, patience: 2 });
  training.model.loadParameters({ ...training.model.parameters(), "batch_stats.encoder.layers_0.norm.mean": { dims: [4], data: new Float32Array(4) } });
  await run(training);
  expect(training.isOver).toBe(true);
  expect(training.progress.epoch).toBe(training.progress.best!.epoch + 2);
});

test("a signal ends it early, and it can be gone on with", async () => {
  const [training, stop] = [made(), new AbortController()];
  for await (const event of train.fit(training, stop)) if (event.kind === "step" && event.step === 4) stop.abort();
  expect(training.progress.step).toBe(4);
  await run(training);
  const whole = made();
  await run(whole);
  expect(outcome(training)).toEqual(outcome(whole));
});

test.each<[string, () => train.Training, RegExp]>([
  ["another task", () => new train.Training(train.trainable(modelOf()), { ...noisy, name: "other" }, options), /`task` "noisy", this training "other"/],
  ["another model", () => new train.Training(train.trainable(modelOf(0.1)), noisy, options), /the checkpoint has `model` .*"dropout":0.2.* this training .*"dropout":0.1/],
  ["other options", () => made({ ...options, batch: 5 }), /the checkpoint has `batch` 4, this training 5/],
  ["patience", () => made({ ...options, patience: Infinity }), /`patience` 9, this training "Infinity"/],
])("a checkpoint of %s is refused", (_, other, sentence) => {
  expect(() => { train.restore(other(), train.checkpointBytes(made())); }).toThrow(sentence);
});

test("files that are none are refused, and a checkpoint says what it is of", async () => {
  const { saveTensors } = await import("ssm-scan");
  expect(() => { train.restore(made(), saveTensors({})); }).toThrow(/`metadata\.format` must be "ssm-scan training", got none/);
  expect(() => { train.restore(made(), saveTensors({}, { format: "ssm-scan training", task: "{" })); }).toThrow(/the metadata are damaged/);
  expect(train.describeCheckpoint(train.checkpointBytes(made()))).toMatchObject({ task: "noisy", model: { name: "ClassificationModel" }, options: { batch: 4, patience: 9 }, progress: { step: 0 } });
});

test.each<[train.TrainingOptions, RegExp]>([
  [{ batch: 0 }, /`batch` must be a whole number of at least 1, got 0/],
  [{ batch: 14 }, /`batch` 14 is more than the 13 examples there are/],
  [{ learningRate: -1 }, /`learningRate` must be a number above 0/],
  [{ patience: 0.5 }, /`patience` must be a whole number of at least 1, or Infinity/],
  [{ epochs: 2, warmup: 3 }, /`warmup` 3 is more than the 2 `epochs` there are/],
  [{ rate: 1 } as train.TrainingOptions, /unknown option `rate`/],
])("%j is refused", (own, sentence) => {
  expect(() => made(own)).toThrow(sentence);
});

test("a loss that is no number ends it before anything has moved", () => {
  const training = made();
  const { data } = training.model.parameters()["params.decoder.bias"]!;
  data[0] = NaN;
  const before = training.model.parameters()["params.decoder.kernel"]!.data.slice();
  expect(() => training.step()).toThrow(/the loss of step 1 is NaN/);
  expectSameBits("kernel", training.model.parameters()["params.decoder.kernel"]!.data, before);
  expect(training.progress.step).toBe(0);
});

test("only models are trained, on features that fit", () => {
  expect(() => train.trainable({} as ClassificationModel)).toThrow(/`model` must be a ClassificationModel, a SequenceModel, a MambaForCausalLM or a Mamba2ForCausalLM/);
  const wide: train.Task = { ...noisy, training: { count: 4, examples: (numbers) => ({ ...noisy.training.examples(numbers), length: 7 }) } };
  expect(() => new train.Training(train.trainable(modelOf()), wide, { batch: 4 }).step()).toThrow(/the input has 24 elements, expected 4 x 7 x 1/);
});
