// The complex scan by its definition. Slow on purpose: the backends are judged by it.
import type { Complex, Dims } from "ssm-scan";
import { type DefinitionOptions, exact, rowStarts, sequences } from "./time.js";

interface Inputs {
  a: Complex;
  b: Complex;
  state?: Complex | undefined;
}

interface Result {
  h: Complex<Float64Array>;
  state: Complex<Float64Array>;
}

/** h = a h' + b, of complex numbers. */
export function complexScan(inputs: Inputs, dims: Dims, options: DefinitionOptions = {}): Result {
  const { a, b } = inputs;
  const { channels } = dims;
  const { reset, round = exact } = options;
  const order = sequences(dims, options);
  const gate = rowStarts(a.re.length, dims, channels);
  const h = { re: new Float64Array(b.re.length), im: new Float64Array(b.re.length) };
  const entering = inputs.state ?? { re: new Float64Array(order.length * channels), im: new Float64Array(order.length * channels) };
  const state = { re: Float64Array.from(entering.re), im: Float64Array.from(entering.im) };
  order.forEach((rows, sequence) => {
    for (let c = 0; c < channels; c++) {
      const last = sequence * channels + c;
      let re = state.re[last]!;
      let im = state.im[last]!;
      for (const row of rows) {
        if (reset?.[row]) re = im = 0;
        const x = a.re[gate(row) + c]!;
        const y = a.im[gate(row) + c]!;
        const i = row * channels + c;
        const before = re;
        re = round(round(round(x * before) - round(y * im)) + b.re[i]!);
        im = round(round(round(x * im) + round(y * before)) + b.im[i]!);
        h.re[i] = re;
        h.im[i] = im;
      }
      state.re[last] = re;
      state.im[last] = im;
    }
  });
  return { h, state };
}
