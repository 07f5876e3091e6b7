// Arguments in a WebAssembly module's memory.
import type { Buffer } from "../wasm/index.js";
import { checkResident, dataOf, type Dtype, type Input, type Real, type Resident } from "../arrays.js";
import { ScanError } from "../error.js";
import type { Inputs, Outputs } from "./backend.js";
import { InMemory, MemoryResident, MemoryWords } from "./memory-resident.js";

/** What a WebAssembly memory can hold, the module's own data included. */
const LIMIT = 2 ** 32;

type Argument = Inputs[string];

/** Where an argument stands while a kernel runs; kept from call to call, so that a short one makes nothing. */
interface Place {
  /** For copies: what it has room for, and where that is; asking the module each time would take longer than a short copy. */
  room: Buffer;
  bytes: number;
  offset: number;
  /** What the kernel gets: the room, an array's own buffer, or that of an argument that is left out. */
  buffer: Buffer;
  /** What is copied to and from the room; undefined where nothing is. */
  array: ArrayBufferView | undefined;
  /** Its bytes: a view of this memory loses its own when the memory grows. */
  size: number;
  /** Where that stands in this memory, or -1. */
  here: number;
}

/** Buffers in a module's memory: those that a caller owns, and those kept from call to call for copies. */
export class Heap {
  readonly #create: () => Buffer;
  readonly #memory: WebAssembly.Memory;
  #absent: Buffer;
  #places: Place[] = [];
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
    return new MemoryResident(this, this.#bufferOf(length * (wide ? 8 : 4)), length, wide);
  }

  /** A copy of 16-bit words that the caller owns. */
  wordsOf(words: Uint16Array): MemoryWords {
    const kept = new MemoryWords(this, this.#bufferOf(words.byteLength), words.length);
    kept.data.set(words);
    return kept;
  }

  #bufferOf(bytes: number): Buffer {
    if (bytes >= LIMIT) throw new ScanError("backend", `an array of ${bytes} bytes does not fit a WebAssembly memory of ${LIMIT}`);
    const buffer = this.#create();
    try {
      this.#resize(buffer, bytes);
    } catch {
      this.#resize(buffer, bytes); // the first failure gave back what was kept for copies
    }
    return buffer;
  }

  /** Runs `kernel` on `args` and a buffer for each array; copies in what does not live here, and out what it filled. */
  run(inputs: Inputs, outputs: Outputs, args: unknown[], kernel: (...args: never[]) => void): void {
    const own = this.#floats().buffer;
    let total = 0;
    let count = 0;
    for (const name in inputs) total += this.#place(inputs[name], count++, own);
    const firstOutput = count;
    for (const name in outputs) total += this.#place(outputs[name], count++, own);
    if (total >= LIMIT) {
      throw new ScanError("backend", `the arrays of this call take ${total} bytes, a WebAssembly memory holds ${LIMIT}; use the native backend, or shorter pieces joined by \`state\``);
    }
    const places = this.#places;
    // All of them before the first copy: a memory that grows is another ArrayBuffer.
    for (let i = 0; i < count; i++) this.#makeRoom(places[i]!);
    const before = this.#floats();
    for (let i = 0; i < firstOutput; i++) this.#copyIn(places[i]!, before);
    for (let i = 0; i < count; i++) args.push(places[i]!.buffer);
    Reflect.apply(kernel, undefined, args);
    const after = this.#floats();
    for (let i = firstOutput; i < count; i++) this.#copyOut(places[i]!, after);
    for (let i = 0; i < count; i++) places[i]!.array = undefined; // it is the caller's to keep alive
  }

  /** All of the memory. Asking it for its buffer takes long; one that has grown leaves old views empty. */
  #floats(): Float32Array {
    if (this.#all.length === 0) this.#all = new Float32Array(this.#memory.buffer);
    return this.#all;
  }

  #copyIn(place: Place, memory: Float32Array): void {
    const { array, offset } = place;
    if (array === undefined) return;
    if (array instanceof Float32Array && place.here < 0) memory.set(array, offset / 4);
    else this.#bytes(offset, place.size).set(this.#bytesOf(place, array));
  }

  #copyOut(place: Place, memory: Float32Array): void {
    const { array, offset } = place;
    if (array === undefined) return;
    if (array instanceof Float32Array && place.here < 0) array.set(memory.subarray(offset / 4, offset / 4 + array.length));
    else this.#bytesOf(place, array).set(this.#bytes(offset, place.size));
  }

  /** A view of this memory is detached when the memory grows, so another is made when it is needed. */
  #bytesOf({ size, here }: Place, array: ArrayBufferView): Uint8Array {
    return here < 0 ? new Uint8Array(array.buffer, array.byteOffset, size) : this.#bytes(here, size);
  }

  /** Leaves behind what a crashed kernel held: its borrows would refuse every later call. */
  recover(): void {
    this.#places = [];
    this.#absent = this.#create();
  }

  view(buffer: Buffer, length: number, wide: boolean): Real {
    return wide ? new Float64Array(this.#memory.buffer, buffer.offset, length) : new Float32Array(this.#memory.buffer, buffer.offset, length);
  }

  words(buffer: Buffer, length: number): Uint16Array {
    return new Uint16Array(this.#memory.buffer, buffer.offset, length);
  }

  /** Finds the place of an argument; the bytes that it takes, if it is to be copied. */
  #place(arg: Argument, i: number, memory: ArrayBufferLike): number {
    const place = (this.#places[i] ??= this.#newPlace());
    place.array = undefined;
    if (arg === undefined) {
      place.buffer = this.#absent;
      return 0;
    }
    const own = arg instanceof InMemory ? arg.bufferIn(this) : undefined;
    if (own !== undefined) {
      place.buffer = own;
      return 0;
    }
    const array: ArrayBufferView = dataOf(arg as Input);
    place.buffer = place.room;
    place.array = array;
    place.size = array.byteLength;
    place.here = array.buffer === memory ? array.byteOffset : -1;
    return place.size;
  }

  #newPlace(): Place {
    const room = this.#create();
    return { room, bytes: -1, offset: 0, buffer: room, array: undefined, size: 0, here: -1 };
  }

  #bytes(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, offset, length);
  }

  #makeRoom(place: Place): void {
    if (place.array === undefined || place.bytes === place.size) return;
    this.#resize(place.room, place.size);
    place.bytes = place.size;
    place.offset = place.room.offset;
  }

  /** Makes room; where there is none, what was kept for copies is given back, and the call fails. */
  #resize(buffer: Buffer, bytes: number): void {
    try {
      buffer.resize(bytes);
    } catch (cause) {
      for (const { room } of this.#places.splice(0)) room.free();
      throw new ScanError("backend", `${(cause as Error).message}; give back resident arrays, or use shorter pieces`, { cause });
    }
  }
}
