// Arrays that serve one computation after another: fresh memory costs more than most operations on it.
import { type Dtype, precisionOf, type Real, zeros } from "./arrays.js";

/** Below so many bytes a fresh array costs next to nothing. */
const LEAST = 1 << 15;

/** The memory of a computation that is done again and again. */
export class Workspace {
  #free: Real[] = [];
  #taken: Real[] = [];
  #isBusy = false;

  /**
   * What `compute` gives. The arrays that its operations took are those of the next computation, but for the ones in its
   * result. What an array held before is still in it: operations write every element.
   */
  run<T>(compute: () => T): T {
    if (this.#isBusy) return compute();
    const outer = current;
    [current, this.#isBusy] = [this, true];
    try {
      const result = compute();
      const kept = buffersIn(result);
      // What this computation had no use for, the next ones may have none for, either.
      this.#free = this.#taken.filter(({ buffer }) => !kept.has(buffer));
      return result;
    } finally {
      this.#taken = [];
      [current, this.#isBusy] = [outer, false];
    }
  }

  take(dtype: Dtype, length: number): Real {
    const found = this.#free.findLastIndex((array) => array.length === length && precisionOf(array) === dtype);
    const array = found < 0 ? zeros(dtype, length) : this.#free.splice(found, 1)[0]!;
    this.#taken.push(array);
    return array;
  }
}

let current: Workspace | undefined;

/** An array for the result called `name`, every element of which an operation is about to write. */
export function blank(dtype: Dtype, length: number, name?: string): Real {
  const isSmall = length * (dtype === "float32" ? 4 : 8) < LEAST;
  return current === undefined || isSmall ? zeros(dtype, length, name) : current.take(dtype, length);
}

/** The memory of all arrays in a value: in tensors, lists, records and maps, however deep. */
function buffersIn(value: unknown, found = new Set<unknown>(), seen = new Set<unknown>()): Set<unknown> {
  if (ArrayBuffer.isView(value)) return found.add(value.buffer);
  if (typeof value !== "object" || value === null || seen.has(value)) return found;
  seen.add(value);
  const parts: Iterable<unknown> = value instanceof Map || value instanceof Set ? value.values() : Object.values(value);
  for (const part of parts) buffersIn(part, found, seen);
  return found;
}
