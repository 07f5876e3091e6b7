// Arrays that the caller owns in a WebAssembly module's memory.
import type { Buffer } from "../wasm/index.js";
import type { Dtype, Real, Resident } from "../arrays.js";
import { ScanError } from "../error.js";
import type { Words } from "./backend.js";

/** The memory that arrays live in. */
interface Home {
  view(buffer: Buffer, length: number, wide: boolean): Real;
  words(buffer: Buffer, length: number): Uint16Array;
}

/** What all of them are. */
export abstract class InMemory {
  readonly #heap: Home;
  #buffer: Buffer | undefined;
  readonly length: number;

  constructor(heap: Home, buffer: Buffer, length: number) {
    this.#heap = heap;
    this.#buffer = buffer;
    this.length = length;
  }

  /** The buffer, if it lives in `heap`. */
  bufferIn(heap: Home): Buffer | undefined {
    return heap === this.#heap ? this.live() : undefined;
  }

  dispose(): void {
    this.#buffer?.free();
    this.#buffer = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  protected get heap(): Home {
    return this.#heap;
  }

  protected live(): Buffer {
    if (this.#buffer === undefined) throw new ScanError("disposed", `a resident array of ${this.length} elements was used after dispose()`);
    return this.#buffer;
  }
}

/** Real numbers. */
export class MemoryResident extends InMemory implements Resident {
  readonly #wide: boolean;

  constructor(heap: Home, buffer: Buffer, length: number, wide: boolean) {
    super(heap, buffer, length);
    this.#wide = wide;
  }

  get dtype(): Dtype {
    this.live();
    return this.#wide ? "float64" : "float32";
  }

  get data(): Real {
    return this.heap.view(this.live(), this.length, this.#wide);
  }
}

/** Words of 16 bits. */
export class MemoryWords extends InMemory implements Words {
  get data(): Uint16Array {
    return this.heap.words(this.live(), this.length);
  }
}
