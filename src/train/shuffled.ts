// Any order.
import type { Random } from "../random.js";

/** The numbers below `count` in an order of which each is as likely. (Fisher and Yates.) */
export function shuffled(count: number, { uniform }: Random): Int32Array {
  const numbers = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = Math.floor(uniform() * (i + 1));
    [numbers[i], numbers[other]] = [numbers[other]!, numbers[i]!];
  }
  return numbers;
}
