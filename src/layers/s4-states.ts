// The states of S4 and S4D, in a caller's arrays and where the kernels run.
import type { Input, Resident } from "../arrays.js";
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
      const to = kept[plane].data;
      if (!this.#isFull) to.set(state[plane]);
      else this.#each(to.length, (from, count, full) => to.set(state[plane].subarray(full, full + count), from));
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
      if (!this.#isFull) {
        to.set(from);
        continue;
      }
      this.#each(from.length, (first, count, full) => {
        for (let n = 0; n < count; n++) {
          to[full + n] = from[first + n]!;
          to[full + count + n] = plane === "re" ? from[first + n]! : -from[first + n]!;
        }
      });
    }
  }

  #arrays(backend: Engine, name: string, batch: number): { re: Resident; im: Resident } {
    const size = batch * this.#dModel * this.#kept;
    return { re: this.#scratch.array(backend, `${name}.re`, size), im: this.#scratch.array(backend, `${name}.im`, size) };
  }

  /** Visits the systems: where their states begin, how many are kept, where they begin with conjugates. */
  #each(length: number, visit: (first: number, count: number, full: number) => void): void {
    for (let first = 0; first < length; first += this.#kept) visit(first, this.#kept, 2 * first);
  }
}
