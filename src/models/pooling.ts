// How the features of a sequence become those of one thing to be classified.
import type { Real } from "../arrays.js";
import type { Forward } from "../layers/frame.js";

type State = Record<string, Real>;

/** "pool" is the mean of all valid steps, "last" the last of them, "none" each for itself. */
export type Pooling = "pool" | "last" | "none";

interface Way {
  /** Elements of the arrays that it adds to the state of one sequence. */
  state(dModel: number): Record<string, number>;
  /** Moves `state` over steps `from` to `to` of a sequence, whose features begin at row `first` of `h`; n is its number. */
  move(h: Real, dModel: number, first: number, [from, to]: readonly [number, number], n: number, state: State): void;
}

/** Those that have a result for each sequence, `state.pooled`, [batch, dModel]. */
export const poolings: Readonly<Record<Exclude<Pooling, "none">, Way>> = {
  pool: {
    state: (dModel) => ({ pooled: dModel, count: 1 }),
    move(h, dModel, first, [from, to], n, { pooled, count }) {
      const before = count![n]!;
      const mean = pooled!.subarray(n * dModel, (n + 1) * dModel);
      const sums = Float64Array.from(mean, (x) => x * before);
      for (let t = from; t < to; t++) {
        const start = (first + t) * dModel;
        for (let i = 0; i < dModel; i++) sums[i]! += h[start + i]!;
      }
      count![n] = before + to - from;
      mean.set(sums.map((sum) => sum / (before + to - from)));
    },
  },
  last: {
    state: (dModel) => ({ pooled: dModel }),
    move(h, dModel, first, [, to], n, { pooled }) {
      pooled!.set(h.subarray((first + to - 1) * dModel, (first + to) * dModel), n * dModel);
    },
  },
};

/** Moves `state` over features h, [batch, length, dModel]; of several sequences in one row, the last one counts. */
export function pool(way: Way, h: Real, dModel: number, { batch, length, reset, lengths }: Pick<Forward<string>, "batch" | "length" | "reset" | "lengths">, state: State): void {
  for (let n = 0; n < batch; n++) {
    const to = lengths?.[n] ?? length;
    if (to === 0) continue;
    let begin = reset === undefined ? -1 : to - 1;
    while (begin >= 0 && reset![n * length + begin] === 0) begin--;
    if (begin >= 0) for (const key in way.state(dModel)) fillOwn(state[key]!, n, batch);
    way.move(h, dModel, n * length, [Math.max(begin, 0), to], n, state);
  }
}

function fillOwn(plane: Real, n: number, batch: number): void {
  const size = plane.length / batch;
  plane.fill(0, n * size, (n + 1) * size);
}
