// What a sequence comes to: the mean of its steps, or its last one.
import { type Real, zeros } from "../../arrays.js";
import { ScanError } from "../../error.js";
import { shapeOf } from "../shapes.js";
import { commonDtype, type Operand, tapeOf, type Variable } from "../tape.js";
import { columnSums } from "./kernels.js";

/** The mean over the steps of each sequence, x [batch, length, width] -> [batch, width]; `lengths` [batch] are the steps that count. */
export function meanOverTime(x: Operand, lengths?: Int32Array): Variable {
  return pooled("meanOverTime", x, lengths, (count) => [0, 1 / Math.max(count, 1)]);
}

/** The last step of each sequence that counts. */
export function lastOverTime(x: Operand, lengths?: Int32Array): Variable {
  return pooled("lastOverTime", x, lengths, (count) => [Math.max(count - 1, 0), 1]);
}

/** x [batch, length, width] with zeros from step `lengths[n]` of sequence n on. */
export function maskPadding(x: Operand, lengths: Int32Array): Variable {
  const [batch, length, width] = axes("maskPadding", x, lengths);
  const masked = (of: Real): Real => {
    const out = of.slice();
    for (let n = 0; n < batch; n++) out.fill(0, (n * length + lengths[n]!) * width, (n + 1) * length * width);
    return out;
  };
  return tapeOf([x]).record([x], x.dims, masked(x.data), (gradient) => [masked(gradient)]);
}

function axes(name: string, x: Operand, lengths: Int32Array | undefined): [number, number, number] {
  if (x.dims.length !== 3) throw new ScanError("shape", `${name}: ${shapeOf(x.dims)} has ${x.dims.length} axes, expected 3`);
  const [batch] = x.dims;
  if (lengths !== undefined && lengths.length !== batch) throw new ScanError("shape", `${name}: \`lengths\` has ${lengths.length} elements, expected ${batch}`);
  return x.dims as unknown as [number, number, number];
}

/** `which` gives the first step that counts, and the weight of each. */
function pooled(name: string, x: Operand, lengths: Int32Array | undefined, which: (count: number) => [number, number]): Variable {
  const [batch, length, width] = axes(name, x, lengths);
  const data = zeros(commonDtype(name, [x]), batch * width);
  const each = (at: (row: number, steps: number, sequence: number, weight: number) => void): void => {
    for (let sequence = 0; sequence < batch; sequence++) {
      const count = lengths?.[sequence] ?? length;
      const [start, weight] = which(count);
      if (start < count) at(sequence * length + start, count - start, sequence, weight);
    }
  };
  each((row, steps, sequence, weight) => {
    const sums = columnSums(width, x.data.subarray(row * width, (row + steps) * width));
    for (let c = 0; c < width; c++) data[sequence * width + c] = weight * sums[c]!;
  });
  return tapeOf([x]).record([x], [batch, width], data, (gradient) => {
    const dx = x.data.slice().fill(0);
    each((row, steps, sequence, weight) => {
      const own = gradient.subarray(sequence * width, (sequence + 1) * width).map((value) => weight * value);
      for (let step = 0; step < steps; step++) dx.set(own, (row + step) * width);
    });
    return [dx];
  });
}
