// What samples say.

/** Of one contestant in one try, in milliseconds. */
export interface Times {
  min: number;
  median: number;
  /** Nine samples in ten take no longer. */
  p90: number;
  samples: number;
}

export function timesOf(samples: readonly number[]): Times {
  return { min: quantile(samples, 0), median: quantile(samples, 0.5), p90: quantile(samples, 0.9), samples: samples.length };
}

/** Between two samples in proportion; NaN of none. */
export function quantile(samples: readonly number[], part: number): number {
  if (samples.length === 0) return NaN;
  const sorted = samples.toSorted((x, y) => x - y);
  const at = part * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
}
