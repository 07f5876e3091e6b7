// A step of training a classifier of S5: a batch of sequences, of which the logits are judged in float64.
import { ClassificationModel } from "ssm-scan";
import type { Real } from "../inputs.js";
import type { LayerCase } from "../layers/layers.js";
import { gelu, stepped, systemOf } from "../layers/s5.js";
import { planesOf } from "../layers/models.js";
import { between, filled } from "../noise.js";
import type { Problem } from "../problem.js";

/** Blocks, and classes. */
export const TRAINED_DEPTH = 3;
export const CLASSES = 10;

/** A block is a norm by statistics of the batch, an S5, a gated GELU and the way round them. */
export const classifierOf = ({ channels: dModel = 1, n: ssmSize = 1 }: Problem): ClassificationModel =>
  new ClassificationModel({
    ...{ layer: { name: "S5Ssm", options: { ssmSize } }, nLayers: TRAINED_DEPTH, dModel, dInput: 1, dOutput: CLASSES },
    ...{ norm: "batch", prenorm: true, activation: "half_glu1" },
  });

export const s5Training: LayerCase = {
  size: ({ batch, length, channels = 1, n = 1 }) => {
    const elements = batch * length * channels;
    return { elements, bytes: 4 * 30 * TRAINED_DEPTH * elements, operations: 3 * TRAINED_DEPTH * elements * (4 * n + 2 * channels) };
  },
  shape: ({ batch, length, channels = 1 }) => [batch, length, channels],
  inputs: (problem) => {
    const { batch, length } = problem;
    const labels = new Float32Array(batch).map((_, i) => i % CLASSES);
    return { ...planesOf(classifierOf(problem)), u: filled(problem, 1, batch * length, between(-1, 1)), labels };
  },
  truth: (problem, planes) => {
    const { batch, length, channels = 1 } = problem;
    const rows = batch * length;
    const plane = (name: string): Real => planes[name]!;
    let x = dense(rows, plane("u"), plane("params.encoder.encoder.kernel"), plane("params.encoder.encoder.bias"));
    for (let i = 0; i < TRAINED_DEPTH; i++) {
      const own = `params.encoder.layers_${i}.`;
      const unit = normalized(x, plane(`${own}norm.scale`), plane(`${own}norm.bias`));
      const s = new Float64Array(x.length);
      for (let sequence = 0; sequence < batch; sequence++) {
        const system = systemOf(planes, `${own}seq.`);
        for (let t = 0; t < length; t++) {
          const row = (sequence * length + t) * channels;
          s.set(stepped(system, unit.subarray(row, row + channels)), row);
        }
      }
      const gates = dense(rows, s.map(gelu), plane(`${own}out2.kernel`), plane(`${own}out2.bias`));
      x = x.map((value, k) => value + gelu(s[k]!) / (1 + Math.exp(-gates[k]!)));
    }
    const means = new Float64Array(batch * channels);
    for (let k = 0; k < x.length; k++) means[Math.floor(k / (length * channels)) * channels + (k % channels)]! += x[k]! / length;
    return { logits: dense(batch, means, plane("params.decoder.kernel"), plane("params.decoder.bias")) };
  },
};

/** x w + b; w: [inputs, outputs]. */
function dense(rows: number, x: Real, w: Real, b: Real): Float64Array {
  const [inputs, outputs] = [x.length / rows, b.length];
  const y = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let o = 0; o < outputs; o++) {
      let sum = b[o]!;
      for (let i = 0; i < inputs; i++) sum += x[row * inputs + i]! * w[i * outputs + o]!;
      y[row * outputs + o] = sum;
    }
  }
  return y;
}

/** Features by their mean and variance over all rows. */
function normalized(x: Float64Array, scale: Real, bias: Real): Float64Array {
  const [width, rows] = [scale.length, x.length / scale.length];
  const [mean, variance] = [new Float64Array(width), new Float64Array(width)];
  for (let k = 0; k < x.length; k++) mean[k % width]! += x[k]! / rows;
  for (let k = 0; k < x.length; k++) variance[k % width]! += (x[k]! - mean[k % width]!) ** 2 / rows;
  return x.map((value, k) => ((value - mean[k % width]!) / Math.sqrt(variance[k % width]! + 1e-5)) * scale[k % width]! + bias[k % width]!);
}
