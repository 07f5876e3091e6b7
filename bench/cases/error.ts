// How far a result is from the truth, and how far it may be.
import type { Planes } from "./inputs.js";
import { isLayer, layerCase } from "./layers/layers.js";
import type { Problem } from "./problem.js";

/** max |difference| / max |truth| over all planes; infinite where a plane is missing, of another length or not finite. */
export function errorOf(result: Planes, truth: Planes): number {
  let [difference, size] = [0, 0];
  for (const [name, plane] of Object.entries(truth)) {
    const found = result[name];
    if (found?.length !== plane.length) return Infinity;
    for (let i = 0; i < plane.length; i++) {
      const off = Math.abs(found[i]! - plane[i]!);
      if (!(off <= difference)) {
        if (!Number.isFinite(off)) return Infinity;
        difference = off;
      }
      size = Math.max(size, Math.abs(plane[i]!));
    }
  }
  return difference === 0 ? 0 : difference / size;
}

/** The largest error of a result that is timed; the tests of the package hold it to less. */
export function boundOf({ operator, dtype }: Problem): number {
  // A Fourier transform mixes all of a sequence, and a power of a rounded pole is far from that of the pole.
  const bound = isLayer(operator) ? (layerCase(operator).bound ?? 1e-4) : operator === "ssm" ? 1e-4 : 1e-5;
  return dtype === "float32" ? bound : 1e-6 * bound;
}
