// Tokens as rows of features.
import type { Resident } from "../arrays.js";
import { ScanError } from "../error.js";
import type { Parameters } from "../layers/parameters.js";

/** Fills h, [ids, width], with rows of weight, [vocabulary, width]. */
export function embed(weight: Parameters[string], ids: Int32Array, width: number, h: Resident): void {
  const [to, from] = [h.data, weight.data];
  ids.forEach((id, i) => { to.set(from.subarray(id * width, (id + 1) * width), i * width); });
}

/** Checks that all ids are those of tokens. */
export function checkIds(ids: Int32Array, vocabulary: number): void {
  const at = ids.findIndex((id) => id < 0 || id >= vocabulary);
  if (at >= 0) throw new ScanError("shape", `\`ids\`[${at}] must be 0 to ${vocabulary - 1}, got ${ids[at]}`);
}
