// The trained classifier of digits, models/smnist, on the pixels of digits one by one.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Backend, type ClassificationModel, loadLayer, loadTensors, type Tensor } from "../index.js";
import { pixelMeasures } from "../train/tasks/digits.js";
import { about } from "./disk-files.js";
import { forwardBound, forwardContender } from "./forward-contender.js";
import { DIGIT } from "./pixels.js";
import { serialClassifier } from "./serial-classifier.js";
import type { Contender, NewArray, Workload } from "./workload.js";

const dims = { batch: 8, length: DIGIT };

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
    return { u: pixels.map((value) => (value - pixelMeasures.mean) / pixelMeasures.deviation), file, parameters: loadTensors(file).tensors };
  },

  bound: forwardBound,

  serial({ u, parameters }, array: NewArray): Contender {
    const forward = serialClassifier(parameters, dims, array);
    const own = array(u.length);
    own.set(u);
    return forwardContender(() => forward(own));
  },

  on(_: Backend, { u, file }) {
    const model = loadLayer(file) as ClassificationModel;
    return [forwardContender(() => model.forward(u, dims).y)];
  },
};
