// The same elements in another shape or order.
import { precisionOf, type Real } from "../../arrays.js";
import { ScanError } from "../../error.js";
import { blank } from "../../workspace.js";
import { rowsOf, shapeOf, sizeOf, widthOf } from "../shapes.js";
import { commonDtype, type Operand, tapeOf, type Variable } from "../tape.js";

/** The same elements with other axes. */
export function reshape(x: Operand, dims: readonly number[]): Variable {
  if (sizeOf(dims) !== x.data.length) throw new ScanError("shape", `reshape: ${shapeOf(x.dims)} has ${x.data.length} elements, ${shapeOf(dims)} takes ${sizeOf(dims)}`);
  return tapeOf([x]).record([x], dims, x.data, (gradient) => [gradient]);
}

/** Elements `start` to `end` of the last axis, `stride` apart. */
export function slice(x: Operand, start: number, end: number, stride = 1): Variable {
  const [rows, width] = [rowsOf(x), widthOf(x)];
  if (!(start >= 0 && start <= end && end <= width)) throw new ScanError("shape", `slice: ${start} to ${end} is not within the ${width} elements of the last axis`);
  const count = Math.ceil((end - start) / stride);
  const data = blank(commonDtype("slice", [x]), rows * count);
  copyRows(rows, count, { data: x.data, pitch: width, first: start, stride }, { data, pitch: count });
  return tapeOf([x]).record([x], [...x.dims.slice(0, -1), count], data, (gradient) => {
    const dx = blank(commonDtype("slice", [x]), x.data.length).fill(0);
    copyRows(rows, count, { data: gradient, pitch: count }, { data: dx, pitch: width, first: start, stride });
    return [dx];
  });
}

/** The rows of all, one after the other: the last axes are joined. */
export function concatenate(parts: readonly Operand[]): Variable {
  const dtype = commonDtype("concatenate", parts);
  const rows = rowsOf(parts[0]!);
  const odd = parts.find((part) => rowsOf(part) !== rows);
  if (odd !== undefined) throw new ScanError("shape", `concatenate: ${shapeOf(odd.dims)} has ${rowsOf(odd)} rows, the first has ${rows}`);
  const widths = parts.map(widthOf);
  const width = widths.reduce((total, own) => total + own, 0);
  const data = blank(dtype, rows * width);
  let first = 0;
  const starts = widths.map((own) => (first += own) - own);
  parts.forEach((part, k) => copyRows(rows, widths[k]!, { data: part.data, pitch: widths[k]! }, { data, pitch: width, first: starts[k]! }));
  return tapeOf(parts).record(parts, [...parts[0]!.dims.slice(0, -1), width], data, (gradient) =>
    widths.map((own, k) => {
      const dx = blank(dtype, rows * own);
      copyRows(rows, own, { data: gradient, pitch: width, first: starts[k]! }, { data: dx, pitch: own });
      return dx;
    }),
  );
}

/** Rows that are `pitch` elements apart, of which those from `first` on count, `stride` apart. */
interface Rows {
  data: Real;
  pitch: number;
  first?: number;
  stride?: number;
}

/** Wider pieces than this are copied faster by the array itself. */
const WIDE = 32;

function copyRows(rows: number, width: number, from: Rows, to: Rows): void {
  const [{ data: x, pitch, first = 0, stride = 1 }, { data: y, pitch: pitchTo, first: firstTo = 0, stride: strideTo = 1 }] = [from, to];
  for (let row = 0; row < rows; row++) {
    const [at, atTo] = [row * pitch + first, row * pitchTo + firstTo];
    if (width > WIDE && stride === 1 && strideTo === 1) y.set(x.subarray(at, at + width), atTo);
    else for (let i = 0; i < width; i++) y[atTo + i * strideTo] = x[at + i * stride]!;
  }
}

/** The last two axes exchanged. */
export function transpose(x: Operand): Variable {
  const [rows, columns] = x.dims.slice(-2) as [number, number];
  if (x.dims.length < 2) throw new ScanError("shape", `transpose: ${shapeOf(x.dims)} has ${x.dims.length} axes, expected at least 2`);
  const dims = [...x.dims.slice(0, -2), columns, rows];
  return tapeOf([x]).record([x], dims, turned(x.data, rows, columns), (gradient) => [turned(gradient, columns, rows)]);
}

function turned(data: Real, rows: number, columns: number): Real {
  const out = blank(precisionOf(data), data.length);
  const size = rows * columns;
  for (let first = 0; first < data.length; first += size) {
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[first + j * rows + i] = data[first + i * columns + j]!;
  }
  return out;
}

/** Rows in another order, or several times, or not at all: row i of the result is row `order[i]` of x [rows, ...]. */
export function gather(x: Operand, order: Int32Array, dims: readonly number[] = [order.length]): Variable {
  const count = x.dims[0] ?? 1;
  const width = sizeOf(x.dims.slice(1));
  const bad = order.findIndex((row) => row < 0 || row >= count);
  if (bad >= 0) throw new ScanError("shape", `gather: row ${order[bad]} is not among the ${count} there are`);
  const data = blank(commonDtype("gather", [x]), order.length * width);
  order.forEach((row, i) => data.set(x.data.subarray(row * width, (row + 1) * width), i * width));
  return tapeOf([x]).record([x], [...dims, ...x.dims.slice(1)], data, (gradient) => {
    const dx = x.data.slice().fill(0);
    order.forEach((row, i) => {
      for (let c = 0; c < width; c++) dx[row * width + c]! += gradient[i * width + c]!;
    });
    return [dx];
  });
}

/** Rows of a table [count, width] by their numbers: [..., width]; `dims` are the shape of the ids. */
export const embedding = (table: Operand, ids: Int32Array, dims: readonly number[] = [ids.length]): Variable => gather(table, ids, dims);
