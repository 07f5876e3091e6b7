// The trained classifier of digits, models/smnist, on the pixels of digits one by one.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Backend, type ClassificationModel, loadLayer, loadTensors, type Real, type Tensor } from "../index.js";
import { about } from "./disk-files.js";
import { DIGIT } from "./pixels.js";
import { serialClassifier } from "./serial-classifier.js";
import type { Contender, NewArray, Workload } from "./workload.js";

const dims = { batch: 8, length: DIGIT };
const DEPTH = 3;

/** What pixels are measured by: their mean and deviation, as `train.digits` has it. */
const [MEAN, DEVIATION] = [0.1307, 0.3081];

interface DigitsData {
  /** [batch, length, 1]. */
  u: Float32Array;
  file: Uint8Array;
  parameters: Readonly<Record<string, Tensor>>;
}

export const digitsWorkload: Workload<DigitsData> = {
  name: `trained S5 classifier [${dims.batch}, ${dims.length}, 1]`,
  pixels: dims.batch * dims.length,

  data(pixels) {
    const path = fileURLToPath(new URL("../../models/smnist/model.safetensors", import.meta.url));
    const file = Uint8Array.from(about(path, () => readFileSync(path)));
    return { u: pixels.map((value) => (value - MEAN) / DEVIATION), file, parameters: loadTensors(file).tensors };
  },

  /** The library's products sum in float32, JavaScript's in float64: four times its error may be too little. */
  bound: (serial) => Math.max(4 * serial, 1e-5),

  serial({ u, parameters }, array: NewArray): Contender {
    const forward = serialClassifier(parameters, DEPTH, dims, array);
    const own = array(u.length).map((_, i) => u[i]!);
    return contender(() => forward(own));
  },

  on(_: Backend, { u, file }) {
    const model = loadLayer(file) as ClassificationModel;
    return [contender(() => model.forward(u, dims).y)];
  },
};

function contender(forward: () => Real): Contender {
  let logits: Real = new Float32Array(0);
  return { passing: "plain", run: () => { logits = forward(); }, results: () => [logits] };
}
