// Reads safetensors: a length, a JSON header, the data.
import type { Tensor } from "ssm-scan";

export interface Saved {
  tensors: Record<string, Tensor>;
  /** The JSON that the file keeps under `meta`. */
  meta: Record<string, unknown>;
}

interface Entry {
  dtype: "F32" | "F64" | "I64";
  shape: number[];
  data_offsets: [number, number];
}

const arrays = {
  F32: (bytes: ArrayBuffer) => new Float32Array(bytes),
  F64: (bytes: ArrayBuffer) => new Float64Array(bytes),
  I64: (bytes: ArrayBuffer) => Float64Array.from(new BigInt64Array(bytes), Number),
};

export function readSafetensors(bytes: ArrayBuffer): Saved {
  const size = Number(new DataView(bytes).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, size))) as Record<string, unknown>;
  const { __metadata__: metadata, ...entries } = header as Record<string, Entry> & { __metadata__?: { meta?: string } };
  const tensors = Object.entries(entries as Record<string, Entry>).map(([name, entry]) => {
    const [start, end] = entry.data_offsets;
    // A copy: offsets in the file need not be multiples of an element's size.
    const data = arrays[entry.dtype](bytes.slice(8 + size + start, 8 + size + end));
    return [name, { dims: entry.shape, data }] as const;
  });
  return { tensors: Object.fromEntries(tensors), meta: JSON.parse(metadata?.meta ?? "{}") as Record<string, unknown> };
}
