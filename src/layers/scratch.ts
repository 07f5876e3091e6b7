// Signals on their way from one kernel to the next.
import type { Dtype, Resident } from "../arrays.js";
import type { Engine } from "../backend/backend.js";

/** Arrays in the memory of the backend in use, kept from call to call; what they hold is nobody's but a call's. */
export class Scratch {
  readonly #dtype: Dtype;
  readonly #arrays = new Map<string, Resident>();
  #engine: Engine | undefined;

  constructor(dtype: Dtype) {
    this.#dtype = dtype;
  }

  /** The array called `name`, of so many elements; their values are whatever was there. */
  array(engine: Engine, name: string, length: number): Resident {
    if (this.#engine !== engine) this.dispose();
    this.#engine = engine;
    const kept = this.#arrays.get(name);
    if (kept?.length === length) return kept;
    kept?.dispose();
    const made = engine.resident(this.#dtype, length);
    this.#arrays.set(name, made);
    return made;
  }

  /** Gives all memory back. */
  dispose(): void {
    for (const array of this.#arrays.values()) array.dispose();
    this.#arrays.clear();
  }
}
