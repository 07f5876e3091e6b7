// Cuts planes of [batch, length, width] in time, and puts them together again.
import type { Dims, Real } from "ssm-scan";

type Span = Pick<Dims, "batch" | "length">;

/** Arrays end to end. */
export function concat(like: Real, parts: readonly Real[]): Real {
  const whole = like.slice(0, 0);
  const all = parts.flatMap((part) => [...part]);
  return whole instanceof Float32Array ? Float32Array.from(all) : Float64Array.from(all);
}

/** Steps `from` to `to` of every sequence. */
export function steps(planes: readonly Real[], { batch, length }: Span, width: number, from: number, to: number): Real[] {
  const pieces = (plane: Real): Real[] =>
    Array.from({ length: batch }, (_, n) => plane.subarray((n * length + from) * width, (n * length + to) * width));
  return planes.map((plane) => concat(plane, pieces(plane)));
}

/** Undoes a cut: `head` holds the first `cut` steps of every sequence. */
export function joined(head: readonly Real[], tail: readonly Real[], { batch, length }: Span, width: number, cut: number): Real[] {
  return head.map((plane, p) => {
    const parts = Array.from({ length: batch }, (_, n) => [
      plane.subarray(n * cut * width, (n + 1) * cut * width),
      tail[p]!.subarray(n * (length - cut) * width, (n + 1) * (length - cut) * width),
    ]);
    return concat(plane, parts.flat());
  });
}

/** Time turned round. */
export function flipped(planes: readonly Real[], { batch, length }: Span, width: number): Real[] {
  return planes.map((plane) => {
    const rows = Array.from({ length: batch * length }, (_, row) => {
      const mirrored = row - (row % length) + length - 1 - (row % length);
      return plane.subarray(mirrored * width, (mirrored + 1) * width);
    });
    return concat(plane, rows);
  });
}
