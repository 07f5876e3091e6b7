// Parameters of what is made of layers: its own, and those of its parts behind their names.
import type { Tensor } from "../arrays.js";
import type { Layer, LoadOptions } from "./layer.js";
import { loadArguments, loadInto, type Parameters } from "./parameters.js";

/** Where a layer's names are in those of the whole. */
export interface Place {
  /** What its names begin with in the whole. */
  prefix: string;
  /** What those of its batch statistics begin with in the whole, where flax keeps them apart; its own name for them is `batch_stats.`. */
  statistics?: string;
}

/** A layer within another. */
export interface Part extends Place {
  layer: Pick<Layer, "parameters" | "loadParameters">;
}

const STATISTICS = "batch_stats.";

/** All parameters, live, by the names that they have in the whole. */
export function parametersOf(own: Parameters, parts: readonly Part[]): Record<string, Tensor> {
  const all: Record<string, Tensor> = { ...own };
  for (const part of parts) {
    for (const [name, tensor] of Object.entries(part.layer.parameters())) all[nameInWhole(part, name)] = tensor;
  }
  return all;
}

/** Copies tensors into all parameters of `layer`, or into none. */
export function loadParameters(layer: string, own: Parameters, parts: readonly Part[], given: Readonly<Record<string, Tensor>>, options: LoadOptions | undefined): void {
  const { strict, prefix } = loadArguments(layer, given, options);
  const rest: Record<string, Tensor> = {};
  const shares = parts.map((): Record<string, Tensor> => ({}));
  for (const [key, tensor] of Object.entries(given)) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    const names = own[name] === undefined ? parts.map((part) => nameInPart(part, name)) : [];
    const at = names.findIndex((each) => each !== undefined);
    // The names that a part is given begin with its place in the file, which its errors then tell.
    if (at < 0) rest[key] = tensor;
    else shares[at]![prefix + parts[at]!.prefix + names[at]!] = tensor;
  }
  const before = Object.values(parametersOf(own, parts)).map((parameter) => ({ parameter, data: parameter.data.slice() }));
  try {
    loadInto(layer, own, rest, { strict, prefix });
    parts.forEach((part, i) => { part.layer.loadParameters(shares[i]!, { strict, prefix: prefix + part.prefix }); });
  } catch (error) {
    for (const { parameter, data } of before) parameter.data.set(data);
    throw error;
  }
}

/** What the whole calls a parameter of a part. */
export function nameInWhole({ prefix, statistics }: Place, name: string): string {
  return statistics !== undefined && name.startsWith(STATISTICS) ? statistics + name.slice(STATISTICS.length) : prefix + name;
}

/** What a part calls a parameter of the whole; undefined where it is not the part's. */
export function nameInPart({ prefix, statistics }: Place, name: string): string | undefined {
  if (statistics !== undefined && name.startsWith(statistics)) return STATISTICS + name.slice(statistics.length);
  return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}
