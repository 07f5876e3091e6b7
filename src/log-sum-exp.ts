// The logarithm of a sum of exponentials.
import type { Real } from "./arrays.js";

/** ln sum exp(x), which no large x overflows: what turns logits into logarithms of probabilities. */
export function logSumExp(logits: Real): number {
  let top = -Infinity;
  for (const logit of logits) top = Math.max(top, logit);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - top);
  return Math.log(sum) + top;
}
