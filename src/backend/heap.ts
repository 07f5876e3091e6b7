// Arguments in a WebAssembly module's memory.
import type { Buffer } from "../wasm/index.js";
import { checkResident, dataOf, type Dtype, type Input, type Real, type Resident } from "../arrays.js";
import { ScanError } from "../error.js";
import type { Inputs, Outputs } from "./backend.js";

/** What a WebAssembly memory can hold, the module's own data included. */
const LIMIT = 2 ** 32;

type Argument = Inputs[string];

/** A buffer with room for so many bytes. */
interface Room {
  buffer: Buffer;
  bytes: number;
}

/** Where an argument stands while a kernel runs: its own buffer, or one it is copied to and from. */
type Place = { buffer: Buffer; bytes?: undefined; copy?: undefined } | (Room & { copy: () => Uint8Array });

/** Buffers in a module's memory: those that a caller owns, and those kept from call to call for copies. */
export class Heap {
  readonly #create: () => Buffer;
  readonly #memory: WebAssembly.Memory;
  #absent: Buffer;
  #scratch: Buffer[] = [];

  constructor(create: () => Buffer, memory: WebAssembly.Memory) {
    this.#create = create;
    this.#memory = memory;
    this.#absent = create();
  }

  /** An array of zeros that the caller owns. */
  resident(dtype: Dtype, length: number): Resident {
    checkResident(dtype, length);
    const wide = dtype === "float64";
    const bytes = length * (wide ? 8 : 4);
    if (bytes >= LIMIT) throw new ScanError("backend", `an array of ${bytes} bytes does not fit a WebAssembly memory of ${LIMIT}`);
    const room = { buffer: this.#create(), bytes };
    try {
      this.#reserve([room]);
    } catch {
      this.#reserve([room]); // the first failure gave back what was kept for copies
    }
    return new MemoryResident(this, room.buffer, length, wide);
  }

  /** Runs `kernel` on a buffer for each argument; copies in what does not live here, and out what it filled. */
  run(inputs: Inputs, outputs: Outputs, kernel: (...buffers: Buffer[]) => void): void {
    const places = [...Object.values(inputs), ...Object.values(outputs)].map((arg, i) => this.#place(arg, i));
    const total = places.reduce((sum, place) => sum + (place.bytes ?? 0), 0);
    if (total >= LIMIT) {
      throw new ScanError("backend", `the arrays of this call take ${total} bytes, a WebAssembly memory holds ${LIMIT}; use the native backend, or shorter pieces joined by \`state\``);
    }
    this.#reserve(places.filter((place) => place.bytes !== undefined));
    const firstOutput = places.length - Object.keys(outputs).length;
    for (const place of places.slice(0, firstOutput)) {
      if (place.copy) this.#bytes(place.buffer.offset, place.bytes).set(place.copy());
    }
    kernel(...places.map((place) => place.buffer));
    for (const place of places.slice(firstOutput)) {
      if (place.copy) place.copy().set(this.#bytes(place.buffer.offset, place.bytes));
    }
  }

  /** Leaves behind what a crashed kernel held: its borrows would refuse every later call. */
  recover(): void {
    this.#scratch = [];
    this.#absent = this.#create();
  }

  view(buffer: Buffer, length: number, wide: boolean): Real {
    return wide ? new Float64Array(this.#memory.buffer, buffer.offset, length) : new Float32Array(this.#memory.buffer, buffer.offset, length);
  }

  /** The buffer of an argument, and how to get at the bytes of one that is copied. */
  #place(arg: Argument, i: number): Place {
    if (arg === undefined) return { buffer: this.#absent };
    const own = arg instanceof MemoryResident ? arg.bufferIn(this) : undefined;
    if (own !== undefined) return { buffer: own };
    const buffer = (this.#scratch[i] ??= this.#create());
    const { buffer: memory, byteOffset, byteLength } = dataOf(arg as Input);
    // A view of this memory is detached when the memory grows, so it is made when it is needed.
    const isHere = memory === this.#memory.buffer;
    const copy = () => (isHere ? this.#bytes(byteOffset, byteLength) : new Uint8Array(memory, byteOffset, byteLength));
    return { buffer, bytes: byteLength, copy };
  }

  #bytes(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, offset, length);
  }

  /** Makes room; where there is none, what was kept for copies is given back, and the call fails. */
  #reserve(places: readonly Room[]): void {
    try {
      for (const { buffer, bytes } of places) buffer.resize(bytes);
    } catch (cause) {
      for (const buffer of this.#scratch.splice(0)) buffer?.free();
      throw new ScanError("backend", `${(cause as Error).message}; give back resident arrays, or use shorter pieces`, { cause });
    }
  }
}

/** An array that the caller owns in a module's memory. */
class MemoryResident implements Resident {
  readonly #heap: Heap;
  readonly #wide: boolean;
  #buffer: Buffer | undefined;
  readonly length: number;

  constructor(heap: Heap, buffer: Buffer, length: number, wide: boolean) {
    this.#heap = heap;
    this.#buffer = buffer;
    this.#wide = wide;
    this.length = length;
  }

  get data(): Real {
    return this.#heap.view(this.#live(), this.length, this.#wide);
  }

  /** The buffer, if it lives in `heap`. */
  bufferIn(heap: Heap): Buffer | undefined {
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
