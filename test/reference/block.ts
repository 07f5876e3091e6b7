// A block of a deep sequence model by its definition, in f64, one number at a time.
import type { Real, Tensor } from "ssm-scan";

type Parameters = Record<string, Tensor>;

export interface BlockOptions {
  activation: string;
  norm: "layer" | "batch" | "rms";
  normName: string;
  prenorm: boolean;
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
export const gelu = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const mean = (row: readonly number[]): number => row.reduce((sum, x) => sum + x, 0) / row.length;

/** Row times a kernel [inputs, outputs], plus the bias. */
export function denseRow(parameters: Parameters, name: string, row: readonly number[]): number[] {
  const { data } = parameters[`${name}.kernel`]!;
  return [...parameters[`${name}.bias`]!.data].map((bias, o, all) => row.reduce((sum, x, i) => sum + x * data[i * all.length + o]!, bias));
}

function normal(parameters: Parameters, { norm, normName }: BlockOptions, row: readonly number[]): number[] {
  const [center, spread] = [mean(row), mean(row.map((x) => (x - mean(row)) ** 2))];
  const own = (name: string, i: number): number => parameters[name]?.data[i] ?? 0;
  const shapes = {
    layer: (x: number) => (x - center) / Math.sqrt(spread + 1e-6),
    rms: (x: number) => x / Math.sqrt(mean(row.map((each) => each ** 2)) + 1e-6),
    batch: (x: number, i: number) => (x - own(`batch_stats.${normName}.mean`, i)) / Math.sqrt(own(`batch_stats.${normName}.var`, i) + 1e-5),
  };
  return row.map((x, i) => shapes[norm](x, i) * own(`${normName}.scale`, i) + own(`${normName}.bias`, i));
}

function activated(parameters: Parameters, activation: string, s: readonly number[]): readonly number[] {
  const g = s.map(gelu);
  const gates = (): number[] => denseRow(parameters, "out2", g).map(sigmoid);
  switch (activation) {
    case "full_glu": {
      const values = denseRow(parameters, "out1", g);
      return gates().map((gate, i) => gate * values[i]!);
    }
    case "half_glu1": return gates().map((gate, i) => gate * g[i]!);
    case "half_glu2": return gates().map((gate, i) => gate * s[i]!);
    case "gelu": return g;
    default: return s;
  }
}

/** Rows of `width`; `inner` is the sequence layer. */
export function block(parameters: Parameters, options: BlockOptions, u: Real, width: number, inner: (x: Float64Array) => Real): Float64Array {
  const rows = (data: Real): number[][] => Array.from({ length: data.length / width }, (_, r) => [...data.subarray(r * width, (r + 1) * width)]);
  const each = (data: Real, f: (row: number[], r: number) => readonly number[]): Float64Array => Float64Array.from(rows(data).flatMap(f));
  const x = options.prenorm ? each(u, (row) => normal(parameters, options, row)) : Float64Array.from(u);
  const s = rows(inner(x));
  const sum = each(u, (row, r) => activated(parameters, options.activation, s[r]!).map((value, i) => value + row[i]!));
  return options.prenorm ? sum : each(sum, (row) => normal(parameters, options, row));
}
