// How well bytes are foretold by counts of what followed the bytes before them: what a model of text has to be better than.
import { ScanError } from "../error.js";

/** Bytes in a row as a number. */
const after = (context: number, byte: number): number => context * 256 + byte;

/**
 * The mean of -log2 P(byte) over `text`, where P is interpolated between contexts of `order` bytes and of none, which
 * `training` has the counts of: with N occurrences of a context, followed by T different bytes, and n times by this one,
 * P = (n + T P') / (N + T); P' is that of the context without its first byte, 1 / 256 at the last. `order` is at most 5.
 * (Witten and Bell 1991, method C.)
 */
export function ngramBits(training: Uint8Array, text: Uint8Array, order = 3): number {
  if (!(Number.isInteger(order) && order >= 0 && order <= 5)) throw new ScanError("option", `ngramBits: \`order\` must be a whole number from 0 to 5, got ${order}`);
  if (text.length === 0) throw new ScanError("shape", "ngramBits: `text` has 0 bytes, expected at least 1");
  const counts = Array.from({ length: order + 1 }, (_, size) => countsOf(training, size));
  let bits = 0;
  text.forEach((byte, at) => {
    let probability = 1 / 256;
    for (let size = 0; size <= Math.min(order, at); size++) {
      const context = contextOf(text, at, size);
      const { total = 0, kinds = 0 } = counts[size]!.contexts.get(context) ?? {};
      if (total === 0) break;
      probability = ((counts[size]!.followers.get(after(context, byte)) ?? 0) + kinds * probability) / (total + kinds);
    }
    bits -= Math.log2(probability);
  });
  return bits / text.length;
}

/** What followed contexts of one size. */
interface Counts {
  contexts: Map<number, { total: number; kinds: number }>;
  followers: Map<number, number>;
}

function countsOf(bytes: Uint8Array, size: number): Counts {
  const [contexts, followers]: [Counts["contexts"], Counts["followers"]] = [new Map(), new Map()];
  for (let at = size; at < bytes.length; at++) {
    const context = contextOf(bytes, at, size);
    const follower = after(context, bytes[at]!);
    const count = followers.get(follower) ?? 0;
    const found = contexts.get(context) ?? { total: 0, kinds: 0 };
    contexts.set(context, found);
    found.total++;
    if (count === 0) found.kinds++;
    followers.set(follower, count + 1);
  }
  return { contexts, followers };
}

/** Of the `size` bytes before `at`. */
function contextOf(bytes: Uint8Array, at: number, size: number): number {
  let context = 0;
  for (let i = at - size; i < at; i++) context = after(context, bytes[i]!);
  return context;
}
