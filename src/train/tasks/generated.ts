// Tasks whose examples are made by a seed and their number.
import { type Random, randomOf } from "../../random.js";
import type { DataSet, Task } from "../task.js";

/** Options that generated tasks have in common. */
export interface GeneratedOptions {
  /** Examples of an epoch; 4096. Every epoch has new ones. */
  epoch?: number;
  /** Examples of the validation, and of the test; 512. */
  held?: number;
  /** 0. */
  seed?: number;
}

/** Writes an example: tokens [length], labels [length], which are -1 so far. */
type Make = (random: Random, tokens: Int32Array, labels: Int32Array) => void;

/** A task of tokens, each of whose steps may have a label. */
export function generated(name: string, vocabSize: number, length: number, { epoch = 4096, held = 512, seed = 0 }: GeneratedOptions, make: Make): Task {
  const set = (count: number, own: number, endless: boolean): DataSet => ({
    count,
    endless,
    examples(numbers) {
      const batch = numbers.length;
      const [input, labels] = [new Int32Array(batch * length), new Int32Array(batch * length).fill(-1)];
      numbers.forEach((number, i) => {
        const part = (array: Int32Array) => array.subarray(i * length, (i + 1) * length);
        make(randomOf(3 * seed + own, number), part(input), part(labels));
      });
      return { batch, length, input, labels };
    },
  });
  const sets = { training: set(epoch, 0, true), validation: set(held, 1, false), test: set(held, 2, false) };
  return { name, dInput: vocabSize, classes: vocabSize, labels: "step", ...sets };
}
