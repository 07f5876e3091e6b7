// How well a language model foresees a text.
import { logSumExp } from "../log-sum-exp.js";
import { checkKind } from "../arrays.js";
import { checkDims, checkLength } from "../dims.js";
import { ScanError } from "../error.js";
import type { MambaLanguageModel } from "./mamba-language-model.js";

/** Logits that are computed at a time. */
const PIECE = 2 ** 22;

/** Mean cross-entropy of each next token, in nats; ids: [batch, length]. In pieces of time, joined by states. */
export function crossEntropy(name: string, model: MambaLanguageModel, ids: Int32Array, dims: { batch: number; length: number }): number {
  const [batch, length] = checkDims(dims, ["batch", "length"]) as [number, number];
  checkKind("ids", "Int32Array", ids);
  checkLength("ids", ids, batch * length);
  if (batch < 1 || length < 2) throw new ScanError("shape", `${name}.loss: \`batch\` ${batch} of \`length\` ${length} have no next tokens, expected at least 1 of 2`);
  const { vocabSize } = model.options;
  const steps = Math.max(1, Math.floor(PIECE / (batch * vocabSize)));
  let [total, state] = [0, model.initialState(batch)];
  for (let from = 0; from < length; from += steps) {
    const count = Math.min(steps, length - from);
    const piece = new Int32Array(batch * count);
    for (let n = 0; n < batch; n++) piece.set(ids.subarray(n * length + from, n * length + from + count), n * count);
    const made = model.forward(piece, { batch, length: count }, { state });
    state = made.state;
    for (let n = 0; n < batch; n++) {
      for (let t = 0; t < count && from + t + 1 < length; t++) {
        const row = (n * count + t) * vocabSize;
        const logits = made.logits.subarray(row, row + vocabSize);
        total += logSumExp(logits) - logits[ids[n * length + from + t + 1]!]!;
      }
    }
  }
  return total / (batch * (length - 1));
}
