// Images of digits as sequences of their pixels.
import { ScanError } from "../../error.js";
import { random } from "../../random.js";
import { shuffled } from "../shuffled.js";
import type { DataSet, Task } from "../task.js";

/** Images as MNIST has them: a byte for each pixel, row by row, [count, pixels], and what each shows, [count]. */
export interface Images {
  pixels: Uint8Array;
  labels: Uint8Array;
}

/** Options of {@link digits}. */
export interface DigitsOptions {
  training: Images;
  test: Images;
  /** The seed of the one order that all images' pixels are seen in; row by row where left out. */
  permuted?: number;
  /** The last so many training images are the validation's; 5000. */
  validation?: number;
  /** The mean of all pixels and their deviation, between 0 and 1, which features are measured by; MNIST's, 0.1307 and 0.3081. */
  mean?: number;
  deviation?: number;
}

const PIXELS = 784;

/** MNIST's pixels, between 0 and 1: their mean and their deviation. */
export const pixelMeasures = { mean: 0.1307, deviation: 0.3081 } as const;

/** Sequential MNIST, or permuted: 784 steps of one pixel, ten classes. (Le et al. 2015, arXiv:1504.00941.) */
export function digits({ training, test, permuted, validation = 5000, mean = pixelMeasures.mean, deviation = pixelMeasures.deviation }: DigitsOptions): Task {
  const count = training.labels.length - validation;
  if (count < 1) throw new ScanError("option", `digits: \`validation\` ${validation} leaves nothing of ${training.labels.length} images`);
  const order = permuted === undefined ? undefined : shuffled(PIXELS, random(permuted));
  const values = Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - mean) / deviation);
  const set = (name: string, { pixels, labels }: Images, first: number, own: number): DataSet => {
    if (pixels.length !== labels.length * PIXELS) throw new ScanError("shape", `digits: ${name} has ${pixels.length} pixels, expected ${labels.length} x ${PIXELS}`);
    return {
      count: own,
      examples(numbers) {
        const input = new Float32Array(numbers.length * PIXELS);
        numbers.forEach((number, i) => {
          const start = (first + number) * PIXELS;
          for (let t = 0; t < PIXELS; t++) input[i * PIXELS + t] = values[pixels[start + (order?.[t] ?? t)]!]!;
        });
        return { batch: numbers.length, length: PIXELS, input, labels: Int32Array.from(numbers, (number) => labels[first + number]!) };
      },
    };
  };
  return {
    name: permuted === undefined ? "smnist" : "pmnist",
    dInput: 1,
    classes: 10,
    labels: "sequence",
    training: set("`training`", training, 0, count),
    validation: set("`training`", training, count, validation),
    test: set("`test`", test, 0, test.labels.length),
  };
}
