// Safetensors files made by hand: a header of any text, and data.

/** A file of this header, whose length may be a lie. */
export function fileOf(header: string | object, data: Uint8Array = new Uint8Array(), length?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

/** A file of one tensor called `x`. */
export function fileOfOne(dtype: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  return fileOf({ x: { dtype, shape, data_offsets: [0, data.length] } }, data);
}

/** The bytes of a typed array. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);
