// The trained classifier of digits in plain JavaScript.
import type { Real, Tensor } from "../index.js";
import { serialS5 } from "./serial.js";

type Parameters = Readonly<Record<string, Tensor>>;

/** Variances have this much added. */
const EPSILON = 1e-5;

/**
 * Logits [batch, classes] of sequences u [batch, length, 1]: an encoder, blocks `x += g sigmoid(out2(g))` with
 * `g = gelu(S5(norm(x)))`, the mean over time, a decoder; norms by their running statistics.
 */
export function serialClassifier(parameters: Parameters, dims: { batch: number; length: number }, array: (size: number) => Real): (u: Real) => Real {
  const of = (name: string): Real => {
    const { data } = parameters[name]!;
    const own = array(data.length);
    own.set(data);
    return own;
  };
  const [kernel, bias] = [of("params.encoder.encoder.kernel"), of("params.encoder.encoder.bias")];
  const [decoder, offset] = [of("params.decoder.kernel"), of("params.decoder.bias")];
  const width = bias.length;
  const depth = Object.keys(parameters).filter((name) => name.endsWith(".seq.D")).length;
  const blocks = Array.from({ length: depth }, (_, i) => {
    const [own, statistics] = [`params.encoder.layers_${i}.`, `batch_stats.encoder.layers_${i}.norm.`];
    const inner = Object.fromEntries(Object.entries(parameters).filter(([name]) => name.startsWith(`${own}seq.`)).map(([name, tensor]) => [name.slice(own.length + 4), tensor]));
    const norm = { mean: of(`${statistics}mean`), variance: of(`${statistics}var`), scale: of(`${own}norm.scale`), bias: of(`${own}norm.bias`) };
    return { norm, s5: serialS5(inner, dims, array), gate: { kernel: of(`${own}out2.kernel`), bias: of(`${own}out2.bias`) } };
  });
  const rows = dims.batch * dims.length;
  const [x, normed] = [array(rows * width), array(rows * width)];
  const logits = array(dims.batch * offset.length);
  return (u) => {
    for (let i = 0; i < x.length; i++) x[i] = u[Math.floor(i / width)]! * kernel[i % width]! + bias[i % width]!;
    for (const { norm, s5, gate } of blocks) {
      for (let i = 0, c = 0; i < x.length; i++, c = c + 1 === width ? 0 : c + 1) {
        normed[i] = ((x[i]! - norm.mean[c]!) / Math.sqrt(norm.variance[c]! + EPSILON)) * norm.scale[c]! + norm.bias[c]!;
      }
      addGated(x, s5(normed), gate.kernel, gate.bias);
    }
    pool(x, dims, decoder, offset, logits);
    return logits;
  };
}

/** `x += g sigmoid(g K + bias)`, `g = gelu(s)`, for every row; s is overwritten by g. GELU in its tanh form, which is `s sigmoid(2 z)`. */
function addGated(x: Real, s: Real, kernel: Real, bias: Real): void {
  const width = bias.length;
  for (let i = 0; i < s.length; i++) {
    const value = s[i]!;
    const z = 0.797_884_560_802_865_4 * (value + 0.044_715 * value * value * value);
    s[i] = value / (1 + Math.exp(-2 * z));
  }
  for (let row = 0; row < x.length; row += width) {
    for (let c = 0; c < width; c++) {
      let sum = bias[c]!;
      for (let i = 0; i < width; i++) sum += s[row + i]! * kernel[i * width + c]!;
      x[row + c] = x[row + c]! + s[row + c]! / (1 + Math.exp(-sum));
    }
  }
}

/** The mean over time, times the decoder. */
function pool(x: Real, { batch, length }: { batch: number; length: number }, decoder: Real, offset: Real, logits: Real): void {
  const [classes, size] = [offset.length, x.length / batch];
  const width = size / length;
  for (let n = 0; n < batch; n++) {
    const mean = new Float64Array(width);
    for (let i = 0; i < size; i++) mean[i % width]! += x[n * size + i]! / length;
    for (let k = 0; k < classes; k++) {
      let sum = offset[k]!;
      for (let c = 0; c < width; c++) sum += mean[c]! * decoder[c * classes + k]!;
      logits[n * classes + k] = sum;
    }
  }
}
