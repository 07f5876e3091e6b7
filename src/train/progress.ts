// What a training tells, and where it is.
import type { Means, Score } from "./judge.js";

/** What a step came to. */
export interface StepResult extends Means {
  /** Steps that were taken, with this one. */
  step: number;
  learningRate: number;
  /** Of the gradients, before they were cut. */
  norm: number;
}

/** What the log says of some steps, of an epoch, or at the very end. */
export interface LogEntry {
  step: number;
  /** Epochs that are over. */
  epoch: number;
  /** Spent on the training so far. */
  seconds: number;
  learningRate?: number;
  /** Means over steps as they were taken: of an entry's own, or with `validation` of the epoch's. */
  training?: Means;
  validation?: Means;
  /** Whether the validation was better than ever. */
  best?: boolean;
  /** Of the best parameters. */
  test?: Means;
  /** What else the test set was foretold by, in bits of a label. */
  baselines?: Readonly<Record<string, number>>;
}

/** Where a training is, but for its arrays. JSON can hold it. */
export interface Progress {
  step: number;
  /** Epochs whose validation there was. */
  epoch: number;
  seconds: number;
  /** The best validation and its epoch. */
  best: (Means & { epoch: number }) | null;
  /** What the best parameters come to on the test set, at the very end. */
  test: Means | null;
  /** Of the steps since the last entry of the log, and of the epoch. */
  recent: Score;
  whole: Score;
}
