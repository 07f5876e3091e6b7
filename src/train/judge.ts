// How right logits are.
import type { Real } from "../arrays.js";
import { logSumExp } from "../log-sum-exp.js";

/** What was judged so far. */
export interface Score {
  /** The sum of -log softmax(logits)[label], in nats. */
  loss: number;
  /** Labels whose logit is the largest. */
  right: number;
  /** Labels. */
  count: number;
}

/** Means of a {@link Score}. */
export interface Means {
  /** In nats. */
  loss: number;
  accuracy: number;
}

export const noScore = (): Score => ({ loss: 0, right: 0, count: 0 });

export const meansOf = ({ loss, right, count }: Score): Means => ({ loss: loss / Math.max(count, 1), accuracy: right / Math.max(count, 1) });

/** Adds rows of logits [labels, classes] to a score; labels below 0 do not count. */
export function judge(score: Score, logits: Real, labels: Int32Array): void {
  const classes = logits.length / Math.max(labels.length, 1);
  labels.forEach((label, row) => {
    if (label < 0) return;
    const own = logits.subarray(row * classes, (row + 1) * classes);
    let best = 0;
    for (let k = 1; k < classes; k++) if (own[k]! > own[best]!) best = k;
    score.loss += logSumExp(own) - own[label]!;
    score.right += Number(best === label);
    score.count++;
  });
}
