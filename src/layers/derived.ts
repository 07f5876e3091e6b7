// What is computed from parameters, again only when they have changed.
import { dataOf, type Input, type Real, type Resident } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import { Watch } from "./same.js";

/** The latest value of a function of parameters: arrays where the kernels run. */
export class Derived<T extends Readonly<Record<string, Resident>>> {
  readonly #make: (engine: Engine, sources: readonly Real[]) => T;
  readonly #watch = new Watch();
  #found: T | undefined;

  /** `make` is given copies: it may allocate, which may detach views of the backend's memory. */
  constructor(make: (engine: Engine, sources: readonly Real[]) => T) {
    this.#make = make;
  }

  of(engine: Engine, sources: readonly Input[]): T {
    if (this.#found !== undefined && this.#watch.isSame(engine, sources)) return this.#found;
    const seen = sources.map((source) => dataOf(source).slice());
    const found = this.#make(engine, seen);
    for (const array of Object.values(this.#found ?? {})) array.dispose();
    this.#watch.keep(engine, seen);
    this.#found = found;
    return found;
  }
}
