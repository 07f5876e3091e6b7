// Someone who computes a model's forward pass, and how exact he has to be.
import type { Real } from "../index.js";
import type { Contender } from "./workload.js";

/** The library's products sum in float32, JavaScript's in float64: four times its error may be too little. */
export const forwardBound = (serial: number): number => Math.max(4 * serial, 1e-5);

/** Plain arrays; what `forward` gives is the result. */
export function forwardContender(forward: () => Real): Contender {
  let y: Real = new Float32Array(0);
  return { passing: "plain", run: () => { y = forward(); }, results: () => [y] };
}
