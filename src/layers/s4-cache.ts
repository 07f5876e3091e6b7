// Discrete systems and kernels, made again only when a parameter has changed.
import type { Dtype, Resident } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import type { Parameters } from "./parameters.js";
import { Watch } from "./same.js";
import type { Pair, Systems } from "./systems.js";

/** Complex numbers where the kernels run. */
export interface Planes {
  re: Resident;
  im: Resident;
}

/** Systems as the kernels take them: `c` for each head. */
export interface Placed {
  systems: Systems;
  a: Planes;
  b: Planes;
  c: Planes[];
  p: Planes;
  q: Planes;
  /** Those of single steps, where they are others. */
  stepping?: Placed;
}

/** The latest systems, by the parameters and the rate that they were made of. */
export class S4Cache {
  readonly #dtype: Dtype;
  readonly #make: (rate: number) => Systems;
  readonly #watch = new Watch();
  #rate = 0;
  #sources: readonly Resident[] | undefined;
  #placed: Placed | undefined;
  #kernel: { length: number; heads: Resident[] } | undefined;

  constructor(dtype: Dtype, make: (rate: number) => Systems) {
    this.#dtype = dtype;
    this.#make = make;
  }

  /** The systems of the parameters as they are now. */
  systems(engine: Engine, own: Parameters, rate: number): Placed {
    return this.#current(engine, own, rate);
  }

  /** The same in the form that single steps are computed in. */
  stepping(engine: Engine, own: Parameters, rate: number): Placed {
    const placed = this.#current(engine, own, rate);
    if (placed.systems.stepping === undefined) return placed;
    return (placed.stepping ??= this.#place(engine, placed.systems.stepping()));
  }

  /** Kernels [channels, length] of each head, with the skip of the first heads in their first element. */
  kernel(engine: Engine, own: Parameters, rate: number, length: number): Resident[] {
    const { systems, c } = this.#current(engine, own, rate);
    if (this.#kernel?.length === length) return this.#kernel.heads;
    this.#kernel?.heads.forEach((head) => head.dispose());
    const all = systems.kernel(length);
    const skip = own["layer.D"]!.data;
    const channels = own["layer.D"]!.dims[1]!;
    for (let i = 0; i < skip.length && length > 0; i++) all[i * length]! += skip[i]!;
    const size = channels * length;
    const heads = c.map((_, head) => this.#resident(engine, all.subarray(head * size, (head + 1) * size)));
    this.#kernel = { length, heads };
    return heads;
  }

  #current(engine: Engine, own: Parameters, rate: number): Placed {
    this.#sources ??= Object.entries(own).flatMap(([name, { resident }]) => (name.startsWith("layer.") ? [resident] : []));
    if (this.#placed !== undefined && this.#rate === rate && this.#watch.isSame(engine, this.#sources)) return this.#placed;
    this.#dispose();
    this.#placed = this.#place(engine, this.#make(rate));
    this.#watch.keep(engine, this.#sources);
    this.#rate = rate;
    return this.#placed;
  }

  #place(engine: Engine, systems: Systems): Placed {
    const place = ([re, im]: Pair): Planes => ({ re: this.#resident(engine, re), im: this.#resident(engine, im) });
    const size = systems.a[0].length;
    const heads = size === 0 ? 0 : systems.c[0].length / size;
    const part = (plane: Float64Array, head: number): Float64Array => plane.subarray(head * size, (head + 1) * size);
    const c = Array.from({ length: heads }, (_, head) => place([part(systems.c[0], head), part(systems.c[1], head)]));
    return { systems, a: place(systems.a), b: place(systems.b), c, p: place(systems.p), q: place(systems.q) };
  }

  #resident(engine: Engine, data: Float64Array): Resident {
    const resident = engine.resident(this.#dtype, data.length);
    resident.data.set(data);
    return resident;
  }

  #dispose(): void {
    const placed = this.#placed;
    for (const { a, b, c, p, q } of [placed, placed?.stepping].filter((found) => found !== undefined)) {
      for (const planes of [a, b, p, q, ...c]) {
        planes.re.dispose();
        planes.im.dispose();
      }
    }
    this.#kernel?.heads.forEach((head) => head.dispose());
    this.#placed = this.#kernel = undefined;
  }
}
