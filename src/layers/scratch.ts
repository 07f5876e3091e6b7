// Signals on their way from one kernel to the next.
import { type Dtype, type Real, type Resident, zeros } from "../arrays.js";
import type { Engine } from "../backend/backend.js";

/** Arrays in the memory of the backend in use, kept from call to call; what they hold is nobody's but a call's. */
export class Scratch {
  readonly #dtype: Dtype;
  readonly #arrays = new Map<string, Resident>();
  readonly #ordinary = new Map<string, Real>();
  #engine: Engine | undefined;

  constructor(dtype: Dtype) {
    this.#dtype = dtype;
  }

  /** The array called `name`, of so many elements; their values are whatever was there. */
  array(engine: Engine, name: string, length: number): Resident {
    if (this.#engine !== engine) this.#leave();
    this.#engine = engine;
    const kept = this.#arrays.get(name);
    if (kept?.length === length) return kept;
    kept?.dispose();
    const made = engine.resident(this.#dtype, length);
    this.#arrays.set(name, made);
    return made;
  }

  /** The same outside of it: what another layer is given, which may make the memory grow and leave its views empty. */
  ordinary(name: string, length: number): Real {
    const kept = this.#ordinary.get(name);
    if (kept?.length === length) return kept;
    const made = zeros(this.#dtype, length, name);
    this.#ordinary.set(name, made);
    return made;
  }

  /** Gives all memory back. */
  dispose(): void {
    this.#ordinary.clear();
    this.#leave();
  }

  #leave(): void {
    for (const array of this.#arrays.values()) array.dispose();
    this.#arrays.clear();
  }
}
