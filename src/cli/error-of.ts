// How far a result is from the truth.
import type { Real } from "../index.js";

/** max |difference| / max |truth| over all planes; infinite where a difference is no number. */
export function errorOf(result: readonly Real[], truth: readonly Real[]): number {
  let [difference, size] = [0, 0];
  truth.forEach((plane, i) => {
    difference = Math.max(difference, largestDifference(result[i]!, plane));
    for (const value of plane) size = Math.max(size, Math.abs(value));
  });
  if (difference === 0) return 0;
  return Number.isNaN(difference) ? Infinity : difference / size;
}

/** NaN where any difference is. */
function largestDifference(plane: Real, truth: Real): number {
  if (plane.length !== truth.length) return NaN;
  let largest = 0;
  for (let i = 0; i < truth.length; i++) {
    const difference = Math.abs(plane[i]! - truth[i]!);
    if (!(difference <= largest)) {
      if (Number.isNaN(difference)) return NaN;
      largest = difference;
    }
  }
  return largest;
}
