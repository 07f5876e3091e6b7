// Tokens as rows of features.
import type { Resident } from "../arrays.js";
import { ScanError } from "../error.js";
import { widen } from "../io/half.js";
import type { Parameter } from "../layers/parameters.js";

/** Fills h, [ids, width], with rows of weight, [vocabulary, width]. */
export function embed(weight: Parameter, ids: Int32Array, width: number, h: Resident): void {
  const to = h.data;
  const rows = rowsOf(weight);
  ids.forEach((id, i) => { to.set(rows(id * width, (id + 1) * width), i * width); });
}

/** The elements of a weight from one to another. */
function rowsOf(parameter: Parameter): (from: number, to: number) => ArrayLike<number> {
  const { weight } = parameter;
  if ("format" in weight) {
    const { format, words } = weight;
    const all = words.data;
    return (from, to) => widen(format, all.subarray(from, to));
  }
  const all = parameter.data;
  return (from, to) => all.subarray(from, to);
}

/** Checks that all ids are those of tokens. */
export function checkIds(ids: Int32Array, vocabulary: number): void {
  const at = ids.findIndex((id) => id < 0 || id >= vocabulary);
  if (at >= 0) throw new ScanError("shape", `\`ids\`[${at}] must be 0 to ${vocabulary - 1}, got ${ids[at]}`);
}
