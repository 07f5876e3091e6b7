// A layer's forward pass as one step after the other.
import type { Real } from "../arrays.js";
import type { ForwardOptions, Layer } from "./layer.js";

/** y of `layer` over u, [batch, length, dModel], by its steps; `state` is updated. */
export function recurrent<S extends Record<string, Real>>(
  layer: Layer<S>,
  u: Real,
  { batch, length }: { batch: number; length: number },
  state: S,
  { dt, reset, lengths }: ForwardOptions<S>,
): Real {
  const width = layer.dModel;
  const y = u.slice().fill(0);
  const planes = Object.values(state).map((plane) => ({ plane, size: batch === 0 ? 0 : plane.length / batch }));
  for (let n = 0; n < batch; n++) {
    const own = Object.fromEntries(Object.entries(state).map(([name, plane], i) => {
      const { size } = planes[i]!;
      return [name, plane.subarray(n * size, (n + 1) * size)];
    })) as S;
    for (let t = 0; t < (lengths?.[n] ?? length); t++) {
      const row = n * length + t;
      if (reset?.[row]) Object.values(own).forEach((plane) => plane.fill(0));
      const step = dt?.subarray(dt.length === length ? t : row, (dt.length === length ? t : row) + 1);
      const [from, to] = [row * width, (row + 1) * width];
      layer.step(u.subarray(from, to), own, { ...(step && { dt: step }), out: y.subarray(from, to) });
    }
  }
  return y;
}
