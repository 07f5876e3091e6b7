// What the bench measures: a computation, and those who compete at it.
import type { Backend, Real } from "../index.js";

/** A computation of the bench, on data of its own kind. */
export interface Workload<Data = unknown> {
  /** Operator and shape, such as "linearScan [1, 65536, 64]". */
  readonly name: string;
  /** Pixels it is fed with. */
  readonly pixels: number;
  /** What is computed on, float32: arrays and plain objects, which can be sent to a thread. */
  data(pixels: Float32Array): Data;
  /** Bytes of the arrays that are read and written, where they say how fast it can be. */
  bytes?(data: Data): number;
  /** The largest error allowed to someone where the serial loop in float32 has the error `serial`. */
  bound(serial: number): number;
  /** Plain JavaScript, in arrays of one kind. */
  serial(data: Data, array: NewArray): Contender;
  /** Everyone on a backend that is current. */
  on(backend: Backend, data: Data): readonly Contender[];
}

/** A new array of zeros. */
export type NewArray = (length: number) => Real;

/** How arrays are passed: plain ones, which WASM has to copy in and out, or ones in its memory. */
export type Passing = "plain" | "resident";

/** Someone who computes the result again at each `run`. */
export interface Contender {
  readonly passing: Passing;
  /** Outputs are allocated already. */
  run(): void;
  /** What the latest run gave. */
  results(): readonly Real[];
  /** Gives back what was allocated where the backend lives. */
  dispose?(): void;
}
