// A text, byte by byte.
import { ScanError } from "../../error.js";
import { randomOf } from "../../random.js";
import type { Batch, DataSet, Task } from "../task.js";

/** Options of {@link text}. */
export interface TextOptions {
  /** Bytes of an example; 256. */
  length?: number;
  /** Of where the training's examples begin; 0. */
  seed?: number;
  /** The share of the text, at its end, that is the validation's, and as much again that is the test's; 0.05. */
  held?: number;
}

/**
 * Foretelling each next byte of stretches of a text. Those of the training begin anywhere in its first part, as many in an
 * epoch as fit there side by side; those of the validation and of the test stand side by side in the rest.
 */
export function text(bytes: Uint8Array, { length = 256, seed = 0, held = 0.05 }: TextOptions = {}): Task {
  const own = Math.floor(bytes.length * held);
  const [trainEnd, validationEnd] = [bytes.length - 2 * own, bytes.length - own];
  if (own <= length) throw new ScanError("option", `text: ${own} bytes are held back of ${bytes.length}, expected more than \`length\` ${length}`);
  const at = (starts: readonly number[]): Batch => {
    const [input, labels] = [new Int32Array(starts.length * length), new Int32Array(starts.length * length)];
    starts.forEach((start, i) => {
      input.set(bytes.subarray(start, start + length), i * length);
      labels.set(bytes.subarray(start + 1, start + length + 1), i * length);
    });
    return { batch: starts.length, length, input, labels };
  };
  const beside = (first: number, end: number): DataSet => ({
    count: Math.floor((end - first - 1) / length),
    examples: (numbers) => at(numbers.map((number) => first + number * length)),
  });
  const training: DataSet = {
    count: Math.floor((trainEnd - 1) / length),
    endless: true,
    examples: (numbers) => at(numbers.map((number) => Math.floor(randomOf(seed, number).uniform() * (trainEnd - length)))),
  };
  return { name: "text", dInput: 256, classes: 256, labels: "step", training, validation: beside(trainEnd, validationEnd), test: beside(validationEnd, bytes.length) };
}
