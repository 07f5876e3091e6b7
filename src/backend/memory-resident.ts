// An array that the caller owns in a WebAssembly module's memory.
import type { Buffer } from "../wasm/index.js";
import type { Dtype, Real, Resident } from "../arrays.js";
import { ScanError } from "../error.js";

/** The memory that arrays live in. */
interface Home {
  view(buffer: Buffer, length: number, wide: boolean): Real;
}

/** An array that the caller owns in a module's memory. */
export class MemoryResident implements Resident {
  readonly #heap: Home;
  readonly #wide: boolean;
  #buffer: Buffer | undefined;
  readonly length: number;

  constructor(heap: Home, buffer: Buffer, length: number, wide: boolean) {
    this.#heap = heap;
    this.#buffer = buffer;
    this.#wide = wide;
    this.length = length;
  }

  get dtype(): Dtype {
    this.#live();
    return this.#wide ? "float64" : "float32";
  }

  get data(): Real {
    return this.#heap.view(this.#live(), this.length, this.#wide);
  }

  /** The buffer, if it lives in `heap`. */
  bufferIn(heap: Home): Buffer | undefined {
    return heap === this.#heap ? this.#live() : undefined;
  }

  dispose(): void {
    this.#buffer?.free();
    this.#buffer = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #live(): Buffer {
    if (this.#buffer === undefined) throw new ScanError("disposed", `a resident array of ${this.length} elements was used after dispose()`);
    return this.#buffer;
  }
}
