// Selective copying: tokens among noise, to be told in their order at the end.
import { ScanError } from "../../error.js";
import { shuffled } from "../shuffled.js";
import type { Task } from "../task.js";
import { generated, type GeneratedOptions } from "./generated.js";

/** Options of {@link selectiveCopying}. */
export interface SelectiveCopyingOptions extends GeneratedOptions {
  /** Steps before the tokens are asked for; 4096. */
  length?: number;
  /** Tokens to be told; 16. */
  tokens?: number;
  /** Tokens that there are, with the noise and the mark; 16. */
  vocabSize?: number;
}

/**
 * `length` steps of noise (token 0) with `tokens` tokens at random ones of them, then as many marks (the last token), at
 * which the tokens have to be told. (Gu and Dao 2023, arXiv:2312.00752, section 4.1.1.)
 */
export function selectiveCopying({ length = 4096, tokens = 16, vocabSize = 16, ...options }: SelectiveCopyingOptions = {}): Task {
  if (tokens > length) throw new ScanError("option", `selectiveCopying: \`tokens\` ${tokens} is more than \`length\` ${length}`);
  if (vocabSize < 3) throw new ScanError("option", `selectiveCopying: \`vocabSize\` ${vocabSize} has no tokens beside noise and mark, expected at least 3`);
  return generated("selective-copying", vocabSize, length + tokens, options, (random, input, labels) => {
    const places = shuffled(length, random).slice(0, tokens).sort();
    places.forEach((place, k) => {
      const token = 1 + Math.floor(random.uniform() * (vocabSize - 2));
      input[place] = token;
      input[length + k] = vocabSize - 1;
      labels[length + k] = token;
    });
  });
}
