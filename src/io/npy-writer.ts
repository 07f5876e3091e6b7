// An npy file that grows.
import { checkDtype, type Dtype, type Real } from "../arrays.js";
import { ScanError } from "../error.js";
import { bytesOf } from "./elements.js";
import { npyMagic } from "./npy-header.js";
import type { Sink } from "./source.js";

/** Bytes before the data: room for the header of any array of 10 axes. */
const START = 256;

const kinds: Readonly<Record<Dtype, { descr: string; size: number }>> = {
  float32: { descr: "<f4", size: 4 },
  float64: { descr: "<f8", size: 8 },
};

/** Writes an npy file in pieces; its shape is said at the end, and until then it is no file that can be read. */
export class NpyWriter {
  readonly #sink: Sink;
  readonly #dtype: Dtype;
  #elements = 0;

  constructor(sink: Sink, dtype: Dtype) {
    this.#sink = sink;
    this.#dtype = dtype;
  }

  /** Writes values where the element at `first` stands. */
  put(first: number, values: Real): void {
    checkDtype("values", values, this.#dtype);
    this.#sink.write(START + first * kinds[this.#dtype].size, bytesOf(values));
    this.#elements = Math.max(this.#elements, first + values.length);
  }

  /** Writes values after all others. */
  append(values: Real): void {
    this.put(this.#elements, values);
  }

  /** Makes it the file of an array of this shape. */
  end(shape: readonly number[]): void {
    const expected = shape.reduce((product, axis) => product * axis, 1);
    if (this.#elements !== expected) throw new ScanError("shape", `${this.#elements} elements were written, expected ${expected} for [${shape.join(", ")}]`);
    const tuple = shape.map((axis) => `${axis},`).join(" ");
    const text = `{'descr': '${kinds[this.#dtype].descr}', 'fortran_order': False, 'shape': (${shape.length === 1 ? tuple : tuple.slice(0, -1)}), }`;
    const length = START - 10;
    const header = `${npyMagic}\x01\x00${String.fromCharCode(length & 255, length >> 8)}${text.padEnd(length - 1)}\n`;
    this.#sink.write(0, Uint8Array.from(header, (character) => character.charCodeAt(0)));
  }
}
