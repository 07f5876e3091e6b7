// A training: a model, a task, and all that moves, so that it can be left at any step and gone on with.
import { ScanError } from "../error.js";
import { crossEntropy } from "../grad/ops/losses.js";
import { valueAndGrad } from "../grad/value-and-grad.js";
import { random, randomOf, type SeededRandom } from "../random.js";
import { AdamW } from "./adamw.js";
import { clipByGlobalNorm } from "./clip.js";
import { type Named, systemGroups } from "./groups.js";
import { judge, type Means, meansOf, noScore, type Score } from "./judge.js";
import type { LogEntry, Progress, StepResult } from "./progress.js";
import { cosine, type Schedule } from "./schedule.js";
import { shuffled } from "./shuffled.js";
import type { Batch, DataSet, Task } from "./task.js";
import { type Trainable } from "./trainable.js";
import { type TrainingConfig, trainingConfig, type TrainingOptions } from "./training-options.js";

/**
 * AdamW on batches in a seeded order, a validation after each epoch. All it does is determined by its arguments: one that
 * was restored from a checkpoint takes the same steps, bit for bit, on the same backend.
 */
export class Training {
  readonly model: Trainable;
  readonly task: Task;
  readonly options: TrainingConfig;
  readonly stepsPerEpoch: number;
  readonly optimiser: AdamW;
  readonly random: SeededRandom;
  progress: Progress;
  log: LogEntry[] = [];
  /** The parameters at the best validation. */
  best: Named | undefined;
  readonly #schedule: Schedule;
  readonly #gradients = valueAndGrad(
    (parameters, batch: Batch, onStatistics: (name: string, values: ArrayLike<number>) => void) => {
      const logits = this.model.logits(parameters, batch, { training: { random: this.random }, onStatistics });
      return { loss: crossEntropy(logits, batch.labels), extra: logits.data };
    },
    { reuse: true },
  );
  #order: { epoch: number; numbers: Int32Array } | undefined;

  constructor(model: Trainable, task: Task, options: TrainingOptions = {}) {
    this.model = model;
    this.task = task;
    this.options = trainingConfig(options);
    const { batch, epochs, learningRate, weightDecay, systemRate, warmup, seed } = this.options;
    if (batch > task.training.count) throw new ScanError("option", `Training: \`batch\` ${batch} is more than the ${task.training.count} examples there are`);
    this.stepsPerEpoch = Math.floor(task.training.count / batch);
    this.optimiser = new AdamW({ learningRate, weightDecay, groups: systemGroups(systemRate) });
    this.#schedule = cosine({ peak: learningRate, steps: epochs * this.stepsPerEpoch, warmup: Math.round(warmup * this.stepsPerEpoch) });
    this.random = random(seed);
    this.progress = { step: 0, epoch: 0, seconds: 0, best: null, test: null, recent: noScore(), whole: noScore() };
  }

  /** Steps of the whole training. */
  get steps(): number {
    return this.options.epochs * this.stepsPerEpoch;
  }

  /** Whether the steps of an epoch are taken, and what they came to has to be judged. */
  get isDue(): boolean {
    return this.progress.step === (this.progress.epoch + 1) * this.stepsPerEpoch;
  }

  /** Whether all epochs were, or the last ones brought nothing. */
  get isOver(): boolean {
    const { epoch, best } = this.progress;
    return epoch === this.options.epochs || epoch - (best?.epoch ?? epoch) >= this.options.patience;
  }

  /** Takes a step. Throws a ScanError where the loss is no number any more; then nothing was moved. */
  step(): StepResult {
    const began = performance.now();
    const batch = this.#batch();
    const statistics = new Map<string, ArrayLike<number>>();
    const follow = (name: string, values: ArrayLike<number>): void => void statistics.set(name, values);
    const { value, gradients, extra } = this.#gradients(this.model.parameters(), batch, follow);
    const norm = clipByGlobalNorm(gradients, this.options.clip);
    const { progress } = this;
    if (!Number.isFinite(value + norm)) throw new ScanError("option", `Training: the loss of step ${progress.step + 1} is ${value}, its gradient's norm ${norm}; a lower \`learningRate\` may help`);
    const learningRate = this.#schedule(progress.step);
    const parameters = this.model.parameters();
    this.optimiser.step(parameters, gradients, learningRate);
    for (const [name, values] of statistics) this.#follow(parameters[name]!.data, values);
    progress.step++;
    progress.seconds += (performance.now() - began) / 1000;
    const own = noScore();
    judge(own, extra, batch.labels);
    for (const score of [progress.recent, progress.whole]) addTo(score, own);
    if (progress.step % this.options.logEvery === 0) {
      this.#tell({ learningRate, training: meansOf(progress.recent) });
      progress.recent = noScore();
    }
    return { step: progress.step, learningRate, norm, ...meansOf(own) };
  }

  /** Ends an epoch with what the validation came to; the entry of the log. */
  judge(validation: Means): LogEntry {
    const { progress } = this;
    const epoch = ++progress.epoch;
    const isBest = progress.best === null || isBetter(validation, progress.best, this.task.judgedBy ?? "accuracy");
    if (isBest) {
      progress.best = { epoch, ...validation };
      this.best = Object.fromEntries(Object.entries(this.model.parameters()).map(([name, { dims, data }]) => [name, { dims, data: data.slice() }]));
    }
    const entry = this.#tell({ learningRate: this.#schedule(progress.step - 1), training: meansOf(progress.whole), validation, best: isBest });
    progress.whole = noScore();
    return entry;
  }

  /** Takes the best parameters, if there are any: the model is what the training came to. */
  takeBest(): void {
    if (this.best !== undefined) this.model.loadParameters(this.best);
  }

  /** Ends the training with what its best parameters came to on the test set; the entry of the log. */
  end(test: Means, also: Pick<LogEntry, "baselines"> = {}): LogEntry {
    this.progress.test = test;
    return this.#tell({ test, ...also });
  }

  /** Judges the model as it is by a batch of a set after another; the last result is the whole's. */
  *evaluate(set: DataSet): Generator<Means & { done: number }> {
    const score = noScore();
    for (let first = 0; first < set.count; first += this.options.batch) {
      const numbers = Array.from({ length: Math.min(this.options.batch, set.count - first) }, (_, i) => first + i);
      const began = performance.now();
      const batch = set.examples(numbers);
      judge(score, this.model.evaluate(batch), batch.labels);
      this.progress.seconds += (performance.now() - began) / 1000;
      yield { ...meansOf(score), done: first + numbers.length };
    }
  }

  #tell(what: Partial<LogEntry>): LogEntry {
    const { step, epoch, seconds } = this.progress;
    const entry = { step, epoch, seconds: Math.round(1000 * seconds) / 1000, ...what };
    this.log.push(entry);
    return entry;
  }

  #batch(): Batch {
    const { progress, stepsPerEpoch, task, options } = this;
    const { count, endless = false } = task.training;
    if (this.#order?.epoch !== progress.epoch) this.#order = { epoch: progress.epoch, numbers: shuffled(count, randomOf(options.seed, progress.epoch)) };
    const first = (progress.step - progress.epoch * stepsPerEpoch) * options.batch;
    const numbers = this.#order.numbers.subarray(first, first + options.batch);
    return task.training.examples(Array.from(numbers, (number) => (endless ? progress.epoch * count : 0) + number));
  }

  #follow(running: { [i: number]: number; length: number }, values: ArrayLike<number>): void {
    const { momentum } = this.model;
    for (let i = 0; i < running.length; i++) running[i] = momentum * running[i]! + (1 - momentum) * values[i]!;
  }
}

/** The other mean decides between equals. */
function isBetter(found: Means, best: Means, by: "accuracy" | "loss"): boolean {
  const [accuracy, loss] = [found.accuracy - best.accuracy, best.loss - found.loss];
  return by === "accuracy" ? accuracy > 0 || (accuracy === 0 && loss > 0) : loss > 0 || (loss === 0 && accuracy > 0);
}

function addTo(score: Score, { loss, right, count }: Score): void {
  score.loss += loss;
  score.right += right;
  score.count += count;
}
