// A tensor of a checkpoint as a parameter, in the format that was asked for.
import type { Real, Resident, Tensor } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import { ScanError } from "../error.js";
import { realsOf } from "../io/elements.js";
import { narrow, type ShortFormat, widen } from "../io/half.js";
import type { ListedTensor } from "../io/listing.js";
import { type Parameter, parameterOf } from "../layers/parameters.js";
import type { ShortWeight } from "../layers/rows.js";

/** How the matrices of a model are kept in memory. */
export type WeightFormat = "float32" | ShortFormat;

/** All of them. */
export const weightFormats: Readonly<Record<WeightFormat, true>> = { float32: true, bfloat16: true, float16: true };

/** What checkpoints have numbers in. */
const kinds: Readonly<Record<string, ShortFormat | undefined>> = { F64: undefined, F32: undefined, F16: "float16", BF16: "bfloat16" };

/** Whether a parameter is a matrix that rows are multiplied with, or the embeddings; all others stay float32. */
export function isWeightName(name: string): boolean {
  return /(^|\.)(embeddings|lm_head|in_proj|x_proj|dt_proj|out_proj)\.weight$/.test(name);
}

/** Reads one; `what` is what errors call it. Weights that are not finite are refused. */
export function readParameter(what: string, engine: Engine, { dtype, shape }: ListedTensor, bytes: Uint8Array, format: WeightFormat): Parameter {
  if (!Object.hasOwn(kinds, dtype)) throw new ScanError("file", `${what} is of ${dtype}, expected one of ${Object.keys(kinds).join(", ")}`);
  if (format !== "float32" && kinds[dtype] === format) {
    const own = bytes.slice();
    const words = new Uint16Array(own.buffer, 0, own.length / 2);
    checkWords(what, format, words);
    return new ShortParameter(shape, { format, words: engine.words(words) });
  }
  const values = realsOf(dtype as "F32", bytes);
  checkFinite(what, values);
  if (format === "float32") return parameterOf(engine, "float32", { dims: shape, data: values });
  const words = narrow(format, values instanceof Float32Array ? values : Float32Array.from(values));
  checkWords(`${what} in ${format}`, format, words);
  return new ShortParameter(shape, { format, words: engine.words(words) });
}

function checkFinite(what: string, values: Real): void {
  for (let i = 0; i < values.length; i++) {
    if (!(Math.abs(values[i]!) <= 3.402_823_5e38)) throw new ScanError("file", `${what} has ${values[i]} at ${i} of ${values.length}, expected finite float32 numbers`);
  }
}

function checkWords(what: string, format: ShortFormat, words: Uint16Array): void {
  const all = format === "float16" ? 0x7c00 : 0x7f80;
  for (let i = 0; i < words.length; i++) {
    if ((words[i]! & all) === all) throw new ScanError("file", `${what} has ${widen(format, words.subarray(i, i + 1))[0]} at ${i} of ${words.length}, expected finite numbers`);
  }
}

/** Weights in 16 bits. */
class ShortParameter implements Parameter {
  readonly dims: readonly number[];
  readonly weight: ShortWeight;

  constructor(dims: readonly number[], weight: ShortWeight) {
    this.dims = dims;
    this.weight = weight;
  }

  /** A copy, as float32. */
  get data(): Float32Array {
    return widen(this.weight.format, this.weight.words.data);
  }

  get resident(): Resident {
    throw new ScanError("unsupported", `weights in ${this.weight.format} have no numbers that other kernels than products take`);
  }
}

/** A parameter as callers see it. */
export function tensorOf(parameter: Parameter): Tensor {
  return "format" in parameter.weight ? { dims: parameter.dims, data: parameter.data } : parameter;
}
