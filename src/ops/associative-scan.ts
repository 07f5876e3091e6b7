// Prefixes under any associative operator.
import { ScanError } from "../error.js";
import { aBoolean, checkOptions } from "../options.js";

/**
 * All prefixes (inclusive) of `elements` under an associative `combine`, by a tree of depth 2 log2 n that combines
 * less than 2 n times. With `reverse` all suffixes; operands keep their order in time: `combine(earlier, later)`.
 * (Blelloch 1990; the recursion is that of `jax.lax.associative_scan`.)
 */
export function associativeScan<E>(combine: (earlier: E, later: E) => E, elements: readonly E[], options?: { reverse?: boolean }): E[] {
  if (typeof combine !== "function") throw new ScanError("option", `associativeScan: \`combine\` must be a function, got ${String(combine)}`);
  if (!Array.isArray(elements)) throw new ScanError("option", `associativeScan: \`elements\` must be an array, got ${String(elements)}`);
  const { reverse = false } = checkOptions("associativeScan", options, { reverse: aBoolean });
  if (!reverse) return prefixes(combine, elements);
  const flipped = prefixes<E>((later, earlier) => combine(earlier, later), elements.toReversed());
  return flipped.reverse();
}

/** Scans the pairs of neighbours, which gives every other prefix, then fills the gaps. */
function prefixes<E>(combine: (earlier: E, later: E) => E, elements: readonly E[]): E[] {
  if (elements.length < 2) return [...elements];
  const pairs = Array.from({ length: elements.length >> 1 }, (_, i) => combine(elements[2 * i]!, elements[2 * i + 1]!));
  const odd = prefixes(combine, pairs);
  return elements.map((element, i) => {
    if (i === 0) return element;
    return i % 2 === 1 ? odd[i >> 1]! : combine(odd[(i >> 1) - 1]!, element);
  });
}
