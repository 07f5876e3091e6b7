// Arguments in a WebAssembly module's memory.
import type { Buffer } from "../wasm/index.js";
import { checkResident, dataOf, type Dtype, type Input, type Real, type Resident } from "../arrays.js";
import { ScanError } from "../error.js";
import type { Inputs, Outputs } from "./backend.js";

/** What a WebAssembly memory can hold, the module's own data included. */
const LIMIT = 2 ** 32;

type Argument = Inputs[string];

/** A buffer that is kept from call to call for copies. */
interface Room {
  buffer: Buffer;
  /** What it has room for, and where that is; asking the module each time would take longer than a short copy. */
  bytes: number;
  offset: number;
}

/** An argument that is copied: where to, how much, and how to get at its bytes. */
interface Copied {
  room: Room;
  bytes: number;
  copy: () => Uint8Array;
}

/** Where an argument stands while a kernel runs: its own buffer, or one it is copied to and from. */
interface Place {
  buffer: Buffer;
  copied?: Copied;
}

/** Buffers in a module's memory: those that a caller owns, and those kept from call to call for copies. */
export class Heap {
  readonly #create: () => Buffer;
  readonly #memory: WebAssembly.Memory;
  #absent: Buffer;
  #scratch: Room[] = [];

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
    const buffer = this.#create();
    try {
      this.#resize(buffer, bytes);
    } catch {
      this.#resize(buffer, bytes); // the first failure gave back what was kept for copies
    }
    return new MemoryResident(this, buffer, length, wide);
  }

  /** Runs `kernel` on a buffer for each argument; copies in what does not live here, and out what it filled. */
  run(inputs: Inputs, outputs: Outputs, kernel: (buffers: Buffer[]) => void): void {
    const places: Place[] = [];
    for (const name in inputs) places.push(this.#place(inputs[name], places.length));
    const firstOutput = places.length;
    for (const name in outputs) places.push(this.#place(outputs[name], places.length));
    let total = 0;
    for (const { copied } of places) total += copied?.bytes ?? 0;
    if (total >= LIMIT) {
      throw new ScanError("backend", `the arrays of this call take ${total} bytes, a WebAssembly memory holds ${LIMIT}; use the native backend, or shorter pieces joined by \`state\``);
    }
    // All of them before the first copy: a memory that grows is another ArrayBuffer.
    for (const { copied } of places) if (copied !== undefined) this.#makeRoom(copied);
    for (let i = 0; i < firstOutput; i++) {
      const { copied } = places[i]!;
      if (copied !== undefined) this.#bytes(copied.room.offset, copied.bytes).set(copied.copy());
    }
    kernel(places.map((place) => place.buffer));
    for (let i = firstOutput; i < places.length; i++) {
      const { copied } = places[i]!;
      if (copied !== undefined) copied.copy().set(this.#bytes(copied.room.offset, copied.bytes));
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
    const room = (this.#scratch[i] ??= { buffer: this.#create(), bytes: -1, offset: 0 });
    const { buffer: memory, byteOffset, byteLength: bytes } = dataOf(arg as Input);
    // A view of this memory is detached when the memory grows, so it is made when it is needed.
    const isHere = memory === this.#memory.buffer;
    const copy = () => (isHere ? this.#bytes(byteOffset, bytes) : new Uint8Array(memory, byteOffset, bytes));
    return { buffer: room.buffer, copied: { room, bytes, copy } };
  }

  #bytes(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, offset, length);
  }

  #makeRoom({ room, bytes }: Copied): void {
    if (room.bytes === bytes) return;
    this.#resize(room.buffer, bytes);
    room.bytes = bytes;
    room.offset = room.buffer.offset;
  }

  /** Makes room; where there is none, what was kept for copies is given back, and the call fails. */
  #resize(buffer: Buffer, bytes: number): void {
    try {
      buffer.resize(bytes);
    } catch (cause) {
      for (const room of this.#scratch.splice(0)) room?.buffer.free();
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
