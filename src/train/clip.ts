// Gradients of a bounded size.
import type { Named } from "./groups.js";

/** The Euclidean norm of all elements. */
export function globalNorm(gradients: Readonly<Named>): number {
  let sum = 0;
  for (const { data } of Object.values(gradients)) for (const value of data) sum += value * value;
  return Math.sqrt(sum);
}

/** Scales gradients, in place, so that their norm is at most `most`; the norm before. (Pascanu et al. 2013, arXiv:1211.5063.) */
export function clipByGlobalNorm(gradients: Named, most: number): number {
  const norm = globalNorm(gradients);
  if (norm > most) {
    for (const { data } of Object.values(gradients)) for (let i = 0; i < data.length; i++) data[i]! *= most / norm;
  }
  return norm;
}
