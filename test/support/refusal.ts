// A call that has to be refused: with a code, in a sentence that names the argument and the numbers.
import { ScanError } from "ssm-scan";
import { expect } from "vitest";

export interface Expected {
  code?: ScanError["code"] | readonly ScanError["code"][];
  /** The argument, which the sentence holds between backquotes or before a colon, perhaps as part of a longer path. */
  names?: string;
  /** What else it says. */
  says?: readonly (string | number | RegExp)[];
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const named = (name: string): RegExp => new RegExp(`\`[^\`]*(?<!\\w)${escaped(name)}(?!\\w)[^\`]*\`|(^|: )${escaped(name)}:`);
const word = (text: string | number): RegExp => new RegExp(`(?<![\\w.])${escaped(String(text))}(?!\\w)`);

function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return expect.fail("the call was not refused");
}

function judge(error: unknown, { code, names, says = [] }: Expected): ScanError {
  expect(error).toBeInstanceOf(ScanError);
  const refusal = error as ScanError;
  expect(refusal).toBeInstanceOf(Error);
  expect(refusal.name).toBe("ScanError");
  if (code !== undefined) expect([code].flat(), refusal.message).toContain(refusal.code);
  if (names !== undefined) expect(refusal.message).toMatch(named(names));
  for (const part of says) expect(refusal.message).toMatch(part instanceof RegExp ? part : word(part));
  return refusal;
}

export const expectRefusal = (call: () => unknown, expected: Expected = {}): ScanError => judge(thrown(call), expected);

export async function expectRejection(promise: Promise<unknown>, expected: Expected = {}): Promise<ScanError> {
  const error = await promise.then(
    () => expect.fail("the promise was not rejected"),
    (reason: unknown) => reason,
  );
  return judge(error, expected);
}
