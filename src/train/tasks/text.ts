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

/** The parts of a text, one behind the other. */
export interface TextParts {
  training: Uint8Array;
  validation: Uint8Array;
  test: Uint8Array;
}

/** What {@link text} takes of a text for what, as views of it. */
export function textParts(bytes: Uint8Array, { held = 0.05 }: Pick<TextOptions, "held"> = {}): TextParts {
  const own = Math.floor(bytes.length * held);
  const [trainEnd, validationEnd] = [bytes.length - 2 * own, bytes.length - own];
  return { training: bytes.subarray(0, trainEnd), validation: bytes.subarray(trainEnd, validationEnd), test: bytes.subarray(validationEnd) };
}

/**
 * Foretelling each next byte of stretches of a text. Those of the training begin anywhere in its first part, as many in an
 * epoch as fit there side by side; those of the validation and of the test stand side by side in the rest.
 */
export function text(bytes: Uint8Array, { length = 256, seed = 0, held = 0.05 }: TextOptions = {}): Task {
  const { training: first, validation: second, test: third } = textParts(bytes, { held });
  if (third.length <= length) throw new ScanError("option", `text: ${third.length} bytes are held back of ${bytes.length}, expected more than \`length\` ${length}`);
  const at = (part: Uint8Array, starts: readonly number[]): Batch => {
    const [input, labels] = [new Int32Array(starts.length * length), new Int32Array(starts.length * length)];
    starts.forEach((start, i) => {
      input.set(part.subarray(start, start + length), i * length);
      labels.set(part.subarray(start + 1, start + length + 1), i * length);
    });
    return { batch: starts.length, length, input, labels };
  };
  const beside = (part: Uint8Array): DataSet => ({
    count: Math.floor((part.length - 1) / length),
    examples: (numbers) => at(part, numbers.map((number) => number * length)),
  });
  const training: DataSet = {
    count: Math.floor((first.length - 1) / length),
    endless: true,
    examples: (numbers) => at(first, numbers.map((number) => Math.floor(randomOf(seed, number).uniform() * (first.length - length)))),
  };
  return { name: "text", dInput: 256, classes: 256, labels: "step", judgedBy: "loss", training, validation: beside(second), test: beside(third) };
}
