// The choice of the next token from logits.
import { ScanError } from "../error.js";
import { aCount, aNumber, aPositive, type Check, type Checks } from "../options.js";
import { random } from "../random.js";

/** How tokens are chosen. */
export interface SamplingOptions {
  /** What logits are divided by; 0, the default, is greedy: the most probable token, of equal ones the first. */
  temperature?: number;
  /** Only so many of the most probable tokens; all if left out. */
  topK?: number;
  /** Only the most probable tokens that together have at least this probability, and at least one; 1, all, by default. */
  topP?: number;
  /** Logits of tokens that there were are divided by this where above 0, and multiplied where below; 1 by default. */
  repetitionPenalty?: number;
  /** Of the choices; 0 by default. The same seed gives the same tokens. */
  seed?: number;
}

const aTemperature: Check = (value) => (typeof value === "number" && Number.isFinite(value) && value >= 0 ? undefined : "a number of at least 0");
const aShare: Check = (value) => (typeof value === "number" && value > 0 && value <= 1 ? undefined : "a number above 0, of at most 1");

/** Checks of {@link SamplingOptions}. */
export const samplingChecks: Checks = { temperature: aTemperature, topK: aCount, topP: aShare, repetitionPenalty: aPositive, seed: aNumber };

/** A token that may be chosen, and its logit, or what became of it. */
interface Candidate {
  token: number;
  weight: number;
}

/** Chooses tokens one after the other. */
export class Sampler {
  readonly #options: Required<SamplingOptions>;
  readonly #uniform: () => number;
  readonly #seen = new Set<number>();

  constructor({ temperature = 0, topK = Infinity, topP = 1, repetitionPenalty = 1, seed = 0 }: SamplingOptions) {
    this.#options = { temperature, topK, topP, repetitionPenalty, seed };
    const { uniform } = random(seed);
    this.#uniform = uniform;
  }

  /** Tells of a token that there was. */
  see(token: number): void {
    this.#seen.add(token);
  }

  /** The next token; logits, [vocabulary], are changed. */
  next(logits: Float32Array): number {
    const { temperature, topK, topP, repetitionPenalty } = this.#options;
    if (repetitionPenalty !== 1) {
      for (const token of this.#seen) {
        const logit = logits[token]!;
        logits[token] = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
      }
    }
    const best = largest(logits);
    if (temperature === 0 || topK === 1) return best;
    const top = logits[best]!;
    const share = (token: number): number => Math.exp((logits[token]! - top) / temperature);
    if (topK >= logits.length && topP === 1) return this.#drawn(logits.length, (i) => i, share);
    const kept = topK < logits.length ? nucleus(firstOf(logits, topK).map((token) => ({ token, weight: share(token) })), topP) : likely(logits.length, share, topP);
    return this.#drawn(kept.length, (i) => kept[i]!.token, (_, i) => kept[i]!.weight);
  }

  /** One of so many tokens, by weights that need not add up to 1. */
  #drawn(count: number, token: (i: number) => number, weight: (token: number, i: number) => number): number {
    let total = 0;
    for (let i = 0; i < count; i++) total += weight(token(i), i) || 0;
    let left = this.#uniform() * total;
    let last = token(0);
    for (let i = 0; i < count; i++) {
      const own = weight(token(i), i) || 0; // no number counts as nothing
      if (own === 0) continue;
      last = token(i);
      left -= own;
      if (left < 0) break;
    }
    return last;
  }
}

/** The first token of the largest logit. */
function largest(logits: Float32Array): number {
  let best = -1;
  for (let token = 0; token < logits.length; token++) {
    if (logits[token]! > (best < 0 ? -Infinity : logits[best]!)) best = token;
  }
  if (best < 0 || logits[best] === Infinity) throw new ScanError("unsupported", `the logits of ${logits.length} tokens are not finite: the model's weights are too large`);
  return best;
}

/** The `count` tokens of the largest logits, these first; of equal ones the first. */
function firstOf(logits: Float32Array, count: number): number[] {
  const kept: number[] = [];
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token]!;
    if (!(kept.length < count || logit > logits[kept[count - 1]!]!) || Number.isNaN(logit)) continue;
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (logits[kept[middle]!]! >= logit) low = middle + 1;
      else high = middle;
    }
    kept.splice(low, 0, token);
    if (kept.length > count) kept.pop();
  }
  return kept;
}

/** The nucleus of all tokens, without sorting those that cannot be in it: together they have too little. */
function likely(count: number, share: (token: number) => number, topP: number): readonly Candidate[] {
  const weights = Float64Array.from({ length: count }, (_, token) => share(token) || 0);
  const total = sum(weights);
  const least = ((1 - topP) * total) / count;
  const kept: Candidate[] = [];
  weights.forEach((weight, token) => { if (weight >= least) kept.push({ token, weight }); });
  return nucleus(kept.sort((x, y) => y.weight - x.weight || x.token - y.token), topP, total);
}

/** The fewest first candidates that together have the share `topP` of a total. */
function nucleus(candidates: readonly Candidate[], topP: number, total = sum(candidates.map(({ weight }) => weight))): readonly Candidate[] {
  if (topP === 1) return candidates;
  let left = topP * total;
  const end = candidates.findIndex(({ weight }) => (left -= weight) <= 0);
  return end < 0 ? candidates : candidates.slice(0, end + 1);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
