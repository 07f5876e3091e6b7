// Learning rates over the steps of a training.

/** A learning rate for each step, counted from 0. */
export type Schedule = (step: number) => number;

/** Options of {@link cosine}. */
export interface CosineOptions {
  /** The rate after the warm-up. */
  peak: number;
  /** Steps of the whole training. */
  steps: number;
  /** Steps in which the rate rises from 0; 0. */
  warmup?: number;
  /** The rate at the end; 0. */
  floor?: number;
}

/** A straight rise, then half a cosine down to the floor, and the floor from there on. (Loshchilov and Hutter 2017, arXiv:1608.03983.) */
export function cosine({ peak, steps, warmup = 0, floor = 0 }: CosineOptions): Schedule {
  return (step) => {
    if (step < warmup) return (peak * (step + 1)) / warmup;
    const done = Math.min((step - warmup) / Math.max(steps - warmup, 1), 1);
    return floor + ((peak - floor) * (1 + Math.cos(Math.PI * done))) / 2;
  };
}
