// Text after a prompt, token by token.
import { checkKind, type Real } from "../arrays.js";
import { ScanError } from "../error.js";
import { anObject, type Check, checkOptions, type Checks } from "../options.js";
import { checkIds } from "./embedding.js";
import type { MambaLanguageModel } from "./mamba-language-model.js";
import { Sampler, samplingChecks, type SamplingOptions } from "./sampling.js";
import { turn } from "./turn.js";

/** Options of `generate`. */
export interface GenerateOptions extends SamplingOptions {
  /** At most so many tokens; 256 by default. */
  maxNewTokens?: number;
  /** Tokens that end it, and do not come themselves; none by default. */
  stop?: readonly number[];
  /** Ends it: the iterator throws the signal's reason. */
  signal?: AbortSignal;
  /** The state that the prompt follows, of one sequence; it is not changed. Of a sequence that has not begun if left out. */
  state?: Record<string, Real>;
}

/** Tokens of a prompt that are read at a time; others have their turn in between. */
const PIECE = 512;

const aNumberOfTokens: Check = (value) => (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? undefined : "a whole number of at least 0");
const tokens: Check = (value) => (Array.isArray(value) && value.every((token) => Number.isSafeInteger(token) && token >= 0) ? undefined : "a list of tokens");
const aSignal: Check = (value) => (typeof (value as Partial<AbortSignal> | null)?.throwIfAborted === "function" ? undefined : "an AbortSignal");

const checks: Checks = { ...samplingChecks, maxNewTokens: aNumberOfTokens, stop: tokens, signal: aSignal, state: anObject };

/** Checks at once; what is wrong is thrown before the first token is asked for. */
export function generate(name: string, model: MambaLanguageModel, prompt: Int32Array, options: GenerateOptions | undefined): AsyncGenerator<number, void, undefined> {
  const call = `${name}.generate`;
  const given = checkOptions(call, options, checks);
  checkKind("prompt", "Int32Array", prompt);
  if (prompt.length === 0) throw new ScanError("shape", `${call}: \`prompt\` has 0 tokens, expected at least 1`);
  checkIds(prompt, model.options.vocabSize);
  return follow(model, prompt.slice(), given.state ? { ...given, state: copyOf(model, given.state) } : given);
}

/** The state of one sequence after no more tokens, which checks it. */
function copyOf(model: MambaLanguageModel, state: Record<string, Real>): Record<string, Real> {
  return model.forward(new Int32Array(0), { batch: 1, length: 0 }, { state, logits: "none" }).state;
}

async function* follow(model: MambaLanguageModel, prompt: Int32Array, { maxNewTokens = 256, stop = [], signal, state: entering, ...sampling }: GenerateOptions): AsyncGenerator<number, void, undefined> {
  const sampler = new Sampler(sampling);
  const next = async (): Promise<void> => {
    await turn();
    signal?.throwIfAborted();
  };
  signal?.throwIfAborted();
  if (maxNewTokens === 0) return;
  let state = entering;
  let logits: Float32Array = new Float32Array(0);
  for (let from = 0; from < prompt.length; from += PIECE) {
    await next();
    const ids = prompt.subarray(from, from + PIECE);
    const isLast = from + PIECE >= prompt.length;
    const made = model.forward(ids, { batch: 1, length: ids.length }, { ...(state && { state }), logits: isLast ? "last" : "none" });
    state = made.state;
    logits = made.logits as Float32Array;
    ids.forEach((id) => { sampler.see(id); });
  }
  const last = new Int32Array(1);
  for (let count = 1; ; count++) {
    const token = sampler.next(logits);
    if (stop.includes(token)) return;
    yield token;
    if (count >= maxNewTokens) return;
    await next();
    sampler.see(token);
    last[0] = token;
    model.step(last, state!, { out: logits });
  }
}
