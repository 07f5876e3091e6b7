// What the command says of a training: a line that changes on a terminal, lines elsewhere.
import type { train } from "../../index.js";
import { type Progress, share } from "../progress.js";

/** The weight of the past in what is shown. */
const PAST = 0.95;

/** Shows how far a training is, and how long it will take. */
export class Report {
  readonly #training: train.Training;
  readonly #progress: Progress;
  readonly #began: { at: number; step: number };
  #shown: train.Means | undefined;

  constructor(training: train.Training, progress: Progress) {
    [this.#training, this.#progress, this.#began] = [training, progress, { at: performance.now(), step: training.progress.step }];
  }

  event(event: train.TrainingEvent): void {
    if (event.kind === "validation") this.#progress.step(`${this.#epoch} validation ${share(event.done, event.of)}`);
    if (event.kind !== "step") return;
    const mixed = (past: number | undefined, now: number): number => (past === undefined ? now : PAST * past + (1 - PAST) * now);
    this.#shown = { loss: mixed(this.#shown?.loss, event.loss), accuracy: mixed(this.#shown?.accuracy, event.accuracy) };
    this.#progress.step(`${this.#epoch} ${share(event.step, this.#training.steps)}  ${this.#means(this.#shown)}${this.#left()}`);
  }

  test(done: number, of: number): void {
    this.#progress.step(`test ${share(done, of)}`);
  }

  /** An entry of the log: of an epoch, in a line that stays. */
  entry({ step, epoch, training, validation, best = false }: train.LogEntry): void {
    const { steps, options } = this.#training;
    if (validation !== undefined) this.#progress.line(`epoch ${epoch} of ${options.epochs}: ${this.#means(training!)}; validation: ${this.#means(validation)}${best ? ", the best so far" : ""}`);
    else this.#progress.stage(`step ${step} of ${steps}: ${this.#means(training!)}${this.#left()}`);
  }

  get #epoch(): string {
    return `${Math.min(this.#training.progress.epoch + 1, this.#training.options.epochs)}/${this.#training.options.epochs}`;
  }

  #means(means: train.Means): string {
    return meansText(means, this.#training.task);
  }

  #left(): string {
    const { step } = this.#training.progress;
    const done = step - this.#began.step;
    if (done === 0) return "";
    const seconds = ((performance.now() - this.#began.at) / 1000 / done) * (this.#training.steps - step);
    return `  ${timeText(seconds)} left`;
  }
}

/** Loss and accuracy; of text, bits for a byte. */
export function meansText({ loss, accuracy }: train.Means, { name }: train.Task): string {
  const first = name === "text" ? `${(loss / Math.LN2).toFixed(3)} bits per byte` : `loss ${loss.toPrecision(4)}`;
  return `${first}, accuracy ${(100 * accuracy).toFixed(2)} %`;
}

/** Hours and minutes, or minutes and seconds. */
export function timeText(seconds: number): string {
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)];
  if (hours > 0) return `${hours} h ${minutes - 60 * hours} min`;
  return minutes > 0 ? `${minutes} min ${Math.floor(seconds - 60 * minutes)} s` : `${Math.ceil(seconds)} s`;
}
