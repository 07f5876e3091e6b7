// What is to be learned: sequences, and what each of them or of their steps should come to.

/** Examples side by side. */
export interface Batch {
  batch: number;
  length: number;
  /** Features [batch, length, dInput], or tokens [batch, length], which stand for features of which one is 1. */
  input: Float32Array | Int32Array;
  /** A class for each sequence, [batch], or for each step, [batch, length]; negative where none is asked for. */
  labels: Int32Array;
}

/** Examples by number. */
export interface DataSet {
  /** How many there are; of an endless one, how many are an epoch. */
  readonly count: number;
  /** Whether there are examples of any number, so that every epoch has new ones; false. */
  readonly endless?: boolean;
  /** The same numbers give the same examples. */
  examples(numbers: readonly number[]): Batch;
}

/** What is to be learned, and what it is judged by. */
export interface Task {
  readonly name: string;
  /** Features of the input, or tokens that there are. */
  readonly dInput: number;
  readonly classes: number;
  /** What has a label. */
  readonly labels: "sequence" | "step";
  /** What the best validation is the best by: the highest accuracy, or the lowest loss; "accuracy". */
  readonly judgedBy?: "accuracy" | "loss";
  readonly training: DataSet;
  /** Decides what the best parameters are, and when it is enough. */
  readonly validation: DataSet;
  /** Seen at the very end. */
  readonly test: DataSet;
}
