// A training as a loop, which tells what happens.
import type { Means } from "./judge.js";
import type { LogEntry, StepResult } from "./progress.js";
import type { Training } from "./training.js";

/** What happened in a training. */
export type TrainingEvent =
  | ({ kind: "step" } & StepResult)
  /** So many examples of the validation set are judged. */
  | { kind: "validation"; done: number; of: number }
  | ({ kind: "epoch" } & LogEntry);

/**
 * Trains until it is over, or until the signal says so: then it ends early, and may be gone on with. At each event the
 * training can be saved. Between events other work of the thread has its turn.
 */
export async function* fit(training: Training, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<TrainingEvent> {
  const { validation } = training.task;
  while (!training.isOver) {
    if (!training.isDue) yield { kind: "step", ...training.step() };
    else {
      let means: Means = { loss: 0, accuracy: 0 };
      for (const { done, ...found } of training.evaluate(validation)) {
        means = found;
        yield { kind: "validation", done, of: validation.count };
        await turn();
        if (signal?.aborted === true) return;
      }
      yield { kind: "epoch", ...training.judge(means) };
    }
    await turn();
    if (signal?.aborted === true) return;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve));
}
