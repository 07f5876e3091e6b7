// What a sequence comes to: the mean of its steps, or its last one.
import { type Real, zeros } from "../../arrays.js";
import { ScanError } from "../../error.js";
import { shapeOf } from "../shapes.js";
import { commonDtype, type Operand, tapeOf, type Variable } from "../tape.js";

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
  const stretches = Array.from({ length: batch }, (_, sequence) => {
    const count = lengths?.[sequence] ?? length;
    const [start, weight] = which(count);
    return { own: sequence * width, first: (sequence * length + start) * width, end: (sequence * length + count) * width, weight };
  });
  const sums = new Float64Array(batch * width);
  for (const { own, first, end, weight } of stretches) {
    for (let row = first; row < end; row += width) for (let c = 0; c < width; c++) sums[own + c]! += weight * x.data[row + c]!;
  }
  const dtype = commonDtype(name, [x]);
  const data = dtype === "float64" ? sums : Float32Array.from(sums);
  return tapeOf([x]).record([x], [batch, width], data, (gradient) => {
    const dx = zeros(dtype, x.data.length);
    for (const { own, first, end, weight } of stretches) {
      for (let row = first; row < end; row += width) for (let c = 0; c < width; c++) dx[row + c] = weight * gradient[own + c]!;
    }
    return [dx];
  });
}
