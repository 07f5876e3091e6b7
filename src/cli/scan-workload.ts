// A scan as a workload: arrays in, states of every step out.
import type { Backend, Input, Real, Resident } from "../index.js";
import type { Contender, NewArray, Workload } from "./workload.js";

/** The arrays of a call, a list of planes for each argument: complex ones have two. */
export interface Planes<T> {
  a: readonly T[];
  b: readonly T[];
  h: readonly T[];
  state: readonly T[];
}

type Inputs = Pick<Planes<Float32Array>, "a" | "b">;

/** A scan operator at one shape. */
export interface Scan {
  name: string;
  pixels: number;
  /** Elements of a plane of the final state. */
  stateSize: number;
  inputs(pixels: Float32Array): Inputs;
  /** The recurrence in plain JavaScript, from a state of zeros that it updates. */
  serial(planes: Planes<Real>): void;
  /** The call of the library. */
  call(planes: Planes<Input>): void;
}

const plainArray = (length: number): Float32Array => new Float32Array(length);

export class ScanWorkload implements Workload<Inputs> {
  readonly name: string;
  readonly pixels: number;
  readonly #scan: Scan;

  constructor(scan: Scan) {
    this.#scan = scan;
    this.name = scan.name;
    this.pixels = scan.pixels;
  }

  data(pixels: Float32Array): Inputs {
    return this.#scan.inputs(pixels);
  }

  bytes({ a, b }: Inputs): number {
    const outputs = b;
    return [...a, ...b, ...outputs].reduce((sum, plane) => sum + plane.byteLength, 0);
  }

  /** The contract of the library. */
  bound(serial: number): number {
    return Math.max(4 * serial, 1e-6);
  }

  serial(inputs: Inputs, array: NewArray): Contender {
    const planes = { ...inputs, ...this.#outputs(inputs, array) };
    const run = (): void => {
      for (const plane of planes.state) plane.fill(0);
      this.#scan.serial(planes);
    };
    return { passing: "plain", run, results: () => planes.h };
  }

  on(backend: Backend, inputs: Inputs): readonly Contender[] {
    const planes = { ...inputs, ...this.#outputs(inputs, plainArray) };
    const plain: Contender = { passing: "plain", run: () => this.#scan.call(planes), results: () => planes.h };
    return backend.name === "wasm" ? [plain, this.#resident(backend, inputs)] : [plain];
  }

  #resident(backend: Backend, inputs: Inputs): Contender {
    const array = (length: number): Resident => backend.resident("float32", length);
    const copied = (plane: Float32Array): Resident => {
      const resident = array(plane.length);
      resident.data.set(plane);
      return resident;
    };
    const planes = { a: inputs.a.map(copied), b: inputs.b.map(copied), ...this.#outputs(inputs, array) };
    const dispose = (): void => {
      for (const resident of Object.values(planes).flat()) resident.dispose();
    };
    return { passing: "resident", run: () => this.#scan.call(planes), results: () => planes.h.map(({ data }) => data), dispose };
  }

  #outputs<T>({ b }: Inputs, array: (length: number) => T): Pick<Planes<T>, "h" | "state"> {
    return { h: b.map(({ length }) => array(length)), state: b.map(() => array(this.#scan.stateSize)) };
  }
}
