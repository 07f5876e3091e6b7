// Deep sequence models by their definition, in f64: a dense layer, blocks around S5, pooling, a dense layer.
import type { Real, Tensor } from "ssm-scan";
import { block, type BlockOptions, denseRow } from "./block.js";
import { s5, type S5Forward, type S5Options } from "./s5.js";

type Parameters = Record<string, Tensor>;

export interface StackOptions extends BlockOptions {
  nLayers: number;
  s5: S5Options;
}

/** Parameters behind a prefix, without it; their batch statistics are kept apart. */
function within(all: Parameters, place: string): Parameters {
  const cut = (prefix: string, put: string): [string, Tensor][] =>
    Object.entries(all).filter(([name]) => name.startsWith(prefix)).map(([name, tensor]) => [put + name.slice(prefix.length), tensor]);
  return Object.fromEntries([...cut(`params.${place}`, ""), ...cut(`batch_stats.${place}`, "batch_stats.")]);
}

/** Rows through a dense layer. */
export function denseRows(parameters: Parameters, name: string, data: Real, inputs: number): Float64Array {
  const rows = Array.from({ length: data.length / inputs }, (_, r) => [...data.subarray(r * inputs, (r + 1) * inputs)]);
  return Float64Array.from(rows.flatMap((row) => denseRow(parameters, name, row)));
}

/** Features of all steps, [batch, length, dModel]; `place` is where the stack's parameters are, such as "encoder.". */
export function stack(all: Parameters, place: string, options: StackOptions, u: Real, dims: { batch: number; length: number }, forward: S5Forward = {}): Float64Array {
  const own = within(all, place);
  const width = own["encoder.bias"]!.data.length;
  let h = denseRows(own, "encoder", u, own["encoder.kernel"]!.dims[0]!);
  for (let i = 0; i < options.nLayers; i++) {
    const parameters = within(all, `${place}layers_${i}.`);
    const inner = Object.fromEntries(Object.entries(parameters).filter(([name]) => name.startsWith("seq.")).map(([name, tensor]) => [name.slice(4), tensor]));
    h = block(parameters, options, h, width, (x) => s5(inner, options.s5, x, dims, forward).y);
  }
  return h;
}
