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

/** An argument that is copied: where to, how much, and where it stands in this memory, or -1. */
interface Copied {
  room: Room;
  bytes: number;
  array: ArrayBufferView;
  here: number;
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
  #all = new Float32Array();

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

  /** Runs `kernel` on `args` and a buffer for each array; copies in what does not live here, and out what it filled. */
  run(inputs: Inputs, outputs: Outputs, args: unknown[], kernel: (...args: never[]) => void): void {
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
    const before = this.#floats();
    for (let i = 0; i < firstOutput; i++) this.#copyIn(places[i]!.copied, before);
    for (const { buffer } of places) args.push(buffer);
    Reflect.apply(kernel, undefined, args);
    const after = this.#floats();
    for (let i = firstOutput; i < places.length; i++) this.#copyOut(places[i]!.copied, after);
  }

  /** All of the memory, in a view that is made anew only when the memory has grown. */
  #floats(): Float32Array {
    if (this.#all.buffer !== this.#memory.buffer) this.#all = new Float32Array(this.#memory.buffer);
    return this.#all;
  }

  #copyIn(copied: Copied | undefined, memory: Float32Array): void {
    if (copied === undefined) return;
    const { room, bytes, array, here } = copied;
    if (array instanceof Float32Array && here < 0) memory.set(array, room.offset / 4);
    else this.#bytes(room.offset, bytes).set(this.#bytesOf(copied));
  }

  #copyOut(copied: Copied | undefined, memory: Float32Array): void {
    if (copied === undefined) return;
    const { room, bytes, array, here } = copied;
    const first = room.offset / 4;
    if (array instanceof Float32Array && here < 0) array.set(memory.subarray(first, first + array.length));
    else this.#bytesOf(copied).set(this.#bytes(room.offset, bytes));
  }

  /** A view of this memory is detached when the memory grows, so another is made when it is needed. */
  #bytesOf({ bytes, array, here }: Copied): Uint8Array {
    return here < 0 ? new Uint8Array(array.buffer, array.byteOffset, bytes) : this.#bytes(here, bytes);
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
    const array: ArrayBufferView = dataOf(arg as Input);
    const here = array.buffer === this.#memory.buffer ? array.byteOffset : -1;
    return { buffer: room.buffer, copied: { room, bytes: array.byteLength, array, here } };
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
