// Induction heads: what came after the mark when it was there for the first time.
import { ScanError } from "../../error.js";
import type { Task } from "../task.js";
import { generated, type GeneratedOptions } from "./generated.js";

/** Options of {@link inductionHeads}. */
export interface InductionHeadsOptions extends GeneratedOptions {
  /** Steps, with the mark at the end; 256. */
  length?: number;
  /** Tokens that there are, with the mark; 16. */
  vocabSize?: number;
}

/**
 * Random tokens, the mark (the last token) at a random one of the first `length` - 2 steps, and at the last step again,
 * where the token after the first one has to be told. (Fu et al. 2022, arXiv:2212.14052; Gu and Dao 2023, section 4.1.2.)
 */
export function inductionHeads({ length = 256, vocabSize = 16, ...options }: InductionHeadsOptions = {}): Task {
  if (length < 3) throw new ScanError("option", `inductionHeads: \`length\` ${length} has no room for mark, token and mark, expected at least 3`);
  if (vocabSize < 2) throw new ScanError("option", `inductionHeads: \`vocabSize\` ${vocabSize} has no token beside the mark, expected at least 2`);
  return generated("induction-heads", vocabSize, length, options, ({ uniform }, input, labels) => {
    for (let t = 0; t < length; t++) input[t] = Math.floor(uniform() * (vocabSize - 1));
    const mark = Math.floor(uniform() * (length - 2));
    input[mark] = vocabSize - 1;
    input[length - 1] = vocabSize - 1;
    labels[length - 1] = input[mark + 1]!;
  });
}
