// Checkpoints made of golden files: a Map of files, in the format and in as many shards as a test needs.
import { init, type Tensor } from "ssm-scan";
import { beforeAll, describe } from "vitest";
import { backends } from "./backends.js";
import { fixture } from "./fixtures.js";
import { bytesOf, fileOf } from "./tensor-file.js";

export type Tensors = Record<string, Tensor>;
export type Stored = "F32" | "F64" | "F16" | "BF16";
export type Format = "bfloat16" | "float16";

/** A golden model: what it is made of, and what it has to give. */
export interface Golden {
  config: Record<string, unknown>;
  weights: Tensors;
  truth: Tensors;
}

export async function golden(name: string): Promise<Golden> {
  const { tensors, meta } = await fixture(name);
  const own = Object.entries(tensors).filter(([key]) => key.startsWith("params."));
  return { config: meta["config"] as Record<string, unknown>, weights: Object.fromEntries(own.map(([key, tensor]) => [key.slice(7), tensor])), truth: tensors };
}

export const idsOf = (tensor: Tensor | undefined): Int32Array => Int32Array.from(tensor!.data, Number);

/** The files of a checkpoint; several shards have an index. */
export function filesOf({ config, weights }: Pick<Golden, "config" | "weights">, { stored = "F32", shards = 1 }: { stored?: Stored; shards?: number } = {}): Map<string, Uint8Array> {
  const files = new Map([["config.json", textOf(JSON.stringify(config))]]);
  const names = Object.keys(weights);
  if (shards === 1) return files.set("model.safetensors", tensorFile(weights, stored));
  const fileNames = Array.from({ length: shards }, (_, i) => `model-0000${i + 1}-of-0000${shards}.safetensors`);
  fileNames.forEach((file, i) => files.set(file, tensorFile(Object.fromEntries(names.filter((_, k) => k % shards === i).map((name) => [name, weights[name]!])), stored)));
  const map = Object.fromEntries(names.map((name, k) => [name, fileNames[k % shards]!]));
  return files.set("model.safetensors.index.json", textOf(JSON.stringify({ metadata: {}, weight_map: map })));
}

export const textOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export function tensorFile(tensors: Tensors, stored: Stored): Uint8Array {
  const header: Record<string, object> = {};
  const parts: Uint8Array[] = [];
  let position = 0;
  for (const [name, { dims, data }] of Object.entries(tensors)) {
    const bytes = bytesOf(stored === "F64" ? Float64Array.from(data) : stored === "F32" ? Float32Array.from(data) : wordsOf(stored === "F16" ? "float16" : "bfloat16", data));
    header[name] = { dtype: stored, shape: dims, data_offsets: [position, (position += bytes.length)] };
    parts.push(bytes);
  }
  const all = new Uint8Array(position);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return fileOf(header, all);
}

const valueOf: Record<Format, (bits: number) => number> = {
  bfloat16: (bits) => new Float32Array(Uint32Array.of(bits * 65536).buffer)[0]!,
  float16: (bits) => (bits < 1024 ? bits * 2 ** -24 : (1024 + (bits % 1024)) * 2 ** ((bits >> 10) - 25)),
};

const largest: Record<Format, number> = { bfloat16: 0x7f7f, float16: 0x7bff };

/** The nearest word of a format, ties to even, by searching all of them. */
function nearest(format: Format, value: number): number {
  const size = Math.abs(value);
  let [low, high] = [0, largest[format]];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (valueOf[format](middle) <= size) low = middle;
    else high = middle;
  }
  const [below, above] = [size - valueOf[format](low), valueOf[format](high) - size];
  const word = below < above || (below === above && low % 2 === 0) ? low : high;
  return word + (value < 0 ? 0x8000 : 0);
}

export const wordsOf = (format: Format, values: ArrayLike<number>): Uint16Array => Uint16Array.from(values, (value) => nearest(format, value));

/** Values as 16 bits keep them. */
export function rounded(format: Format, { dims, data }: Tensor): Tensor {
  return { dims, data: Float32Array.from(data, (value) => Math.sign(value) * valueOf[format](nearest(format, Math.abs(value)))) };
}

/** Describes something on each backend. */
export function onEachBackend(what: string, describeIt: () => void): void {
  describe.each(backends)(`${what}: %s`, (name) => {
    beforeAll(async () => { await init({ backend: name }); });
    describeIt();
  });
}
