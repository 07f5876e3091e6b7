// The states of S4 and S4D, in a caller's arrays and where the kernels run.
import type { Input, Real, Resident } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import type { State } from "./frame.js";
import type { Scratch } from "./scratch.js";

/** States of S4 and S4D: two planes, [batch, dModel, dState] and [batch, dModel, dState / 2] each. */
export type S4State = State<"re" | "im">;

/** One state of each conjugate pair, where a kernel reads it. */
export interface Kept {
  re: Input;
  im: Input;
}

/** Moves states to the kernels and back. */
export class S4States {
  readonly #dModel: number;
  readonly #kept: number;
  readonly #scratch: Scratch;
  readonly #isFull: boolean;

  /** Kernels have `kept` states of each system; `isFull`: a caller's arrays hold their conjugates as well, after them. */
  constructor(dModel: number, kept: number, scratch: Scratch, isFull: boolean) {
    this.#dModel = dModel;
    this.#kept = kept;
    this.#scratch = scratch;
    this.#isFull = isFull;
  }

  /** A caller's state as the kernels take it. */
  enter(backend: Engine, state: S4State, batch: number): Kept {
    const kept = this.#arrays(backend, "entering", batch);
    for (const plane of ["re", "im"] as const) {
      const [from, to] = [state[plane], kept[plane].data];
      if (this.#isFull) this.#narrow(from, to);
      else to.set(from);
    }
    return kept;
  }

  /** Room for what leaves. */
  leaving(backend: Engine, batch: number): { re: Resident; im: Resident } {
    return this.#arrays(backend, "leaving", batch);
  }

  /** What leaves, into a caller's arrays. */
  leave(kept: { re: Resident; im: Resident }, state: S4State): void {
    for (const plane of ["re", "im"] as const) {
      const [from, to] = [kept[plane].data, state[plane]];
      if (this.#isFull) this.#widen(from, to, plane === "re" ? 1 : -1);
      else to.set(from);
    }
  }

  #arrays(backend: Engine, name: string, batch: number): { re: Resident; im: Resident } {
    const size = batch * this.#dModel * this.#kept;
    return { re: this.#scratch.array(backend, `${name}.re`, size), im: this.#scratch.array(backend, `${name}.im`, size) };
  }

  // Element by element: a view of each system's would take longer than its few states.

  #narrow(from: Real, to: Real): void {
    const count = this.#kept;
    for (let first = 0; first < to.length; first += count) {
      for (let n = 0; n < count; n++) to[first + n] = from[2 * first + n]!;
    }
  }

  #widen(from: Real, to: Real, sign: number): void {
    const count = this.#kept;
    for (let first = 0; first < from.length; first += count) {
      for (let n = 0; n < count; n++) {
        const value = from[first + n]!;
        to[2 * first + n] = value;
        to[2 * first + count + n] = sign * value;
      }
    }
  }
}
