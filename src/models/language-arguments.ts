// The arguments of language models' calls, checked.
import { aBoolean, aReal, anObject, bytes, checkOptions, type Checks, integers, oneOf } from "../options.js";
import { checkDtype, checkKind, type Real, zeros } from "../arrays.js";
import { checkDims, checkLength } from "../dims.js";
import { checkState, checkValid, type Frame } from "../layers/frame.js";
import { checkStarts, type Padding } from "../layers/packing.js";
import { checkIds } from "./embedding.js";

type State = Record<string, Real>;

/** Which logits `forward` computes: of every step, of the last valid one of each sequence, or none. */
export type LogitsOf = "all" | "last" | "none";

/** Options of `forward` of a language model. */
export interface LanguageForwardOptions {
  /** The state that enters; of sequences that have not begun if left out. */
  state?: State;
  /** Where valid steps of each sequence end, [batch]; right padding. */
  lengths?: Int32Array;
  /** Where they begin, [batch]; left padding, transformers' `attention_mask`. */
  starts?: Int32Array;
  /** [batch, length]; a 1 at t begins a new sequence there. */
  reset?: Uint8Array;
  /** "all" by default. */
  logits?: LogitsOf;
  /** Whether to give what leaves each block; false. */
  hidden?: boolean;
}

const kinds: Readonly<Record<LogitsOf, true>> = { all: true, last: true, none: true };

const checks: Checks = {
  state: anObject,
  lengths: integers,
  starts: integers,
  reset: bytes,
  logits: oneOf(kinds),
  hidden: aBoolean,
};

/** Arguments of `forward`, checked. */
export interface LanguageForward extends Padding {
  state: State | undefined;
  reset: Uint8Array | undefined;
  logits: LogitsOf;
  hidden: boolean;
}

/** Checks the arguments of `forward`. */
export function languageArguments(frame: Frame, ids: Int32Array, dims: { batch: number; length: number }, options: LanguageForwardOptions | undefined): LanguageForward {
  const [batch, length] = checkDims({ ...dims, vocabSize: frame.dOutput! }, ["batch", "length", "vocabSize"]) as [number, number, number];
  const { state, lengths, starts, reset, logits = "all", hidden = false } = checkOptions(`${frame.name}.forward`, options, checks);
  checkKind("ids", "Int32Array", ids);
  checkLength("ids", ids, batch * length);
  if (state !== undefined) checkState(frame, state, batch);
  if (reset !== undefined) checkLength("reset", reset, batch * length);
  if (lengths !== undefined) checkValid(lengths, batch, length);
  checkStarts({ batch, length, starts, lengths });
  if (starts === undefined && lengths === undefined) checkIds(ids, frame.dOutput!);
  else {
    for (let n = 0; n < batch; n++) checkIds(ids.subarray(n * length + (starts?.[n] ?? 0), n * length + (lengths?.[n] ?? length)), frame.dOutput!);
  }
  return { batch, length, state, lengths, starts, reset, logits, hidden };
}

/** Checks the arguments of `step`; makes logits where none are given. */
export function stepIds(frame: Frame, ids: Int32Array, state: State, options: { out?: Real } | undefined): { batch: number; logits: Real } {
  const { out } = options === undefined ? {} : checkOptions(`${frame.name}.step`, options, { out: aReal });
  checkKind("ids", "Int32Array", ids);
  checkIds(ids, frame.dOutput!);
  const batch = ids.length;
  checkState(frame, state, batch);
  if (out === undefined) return { batch, logits: zeros(frame.dtype, batch * frame.dOutput!, "logits") };
  checkDtype("out", out, frame.dtype);
  checkLength("out", out, batch * frame.dOutput!);
  return { batch, logits: out };
}
