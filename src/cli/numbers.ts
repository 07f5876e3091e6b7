// Numbers and choices in the words of a command line.

/** A command line that says nothing sensible; the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A whole number of at least 1. */
export function countOf(option: string, text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count) || count < 1) {
    throw new UsageError(`--${option} must be a whole number of at least 1, got "${text}"`);
  }
  return count;
}

/** A finite number for which `holds`; `expected` says so. */
export function numberOf(option: string, text: string, holds: (x: number) => boolean, expected: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number) || !holds(number)) throw new UsageError(`--${option} must be ${expected}, got "${text}"`);
  return number;
}

/** The keys of a table, for a sentence. */
export function list(choices: Readonly<Record<string, unknown>>): string {
  return new Intl.ListFormat("en", { type: "disjunction" }).format(Object.keys(choices));
}
