// Options, read once: what is unknown or of the wrong type is refused.
import { checkKind } from "./arrays.js";
import { ScanError } from "./error.js";

/** Checks a value; says what it should be, or nothing where it is that. */
export type Check = (value: unknown, name: string) => string | undefined;

export const aBoolean: Check = (value) => (typeof value === "boolean" ? undefined : "true or false");
export const aNumber: Check = (value) => (typeof value === "number" && Number.isFinite(value) ? undefined : "a finite number");
export const aPositive: Check = (value) =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? undefined : "a number above 0";
export const aCount: Check = (value) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 1 ? undefined : "a whole number of at least 1";
export const aString: Check = (value) => (typeof value === "string" ? undefined : "a string");
export const anObject: Check = (value) => (typeof value === "object" && value !== null ? undefined : "an object");
export const aReal: Check = (value) =>
  value instanceof Float32Array || value instanceof Float64Array ? undefined : "a Float32Array or a Float64Array";
export const bytes: Check = (value, name) => void checkKind(name, "Uint8Array", value);
export const integers: Check = (value, name) => void checkKind(name, "Int32Array", value);
export const anything: Check = () => undefined;

/** null, or what another check wants. */
export const orNull =
  (check: Check): Check =>
  (value, name) => {
    const expected = value === null ? undefined : check(value, name);
    return expected === undefined ? undefined : `${expected}, or null`;
  };

/** One of a table's keys. */
export const oneOf =
  (table: Readonly<Record<string, unknown>>): Check =>
  (value) =>
    typeof value === "string" && Object.hasOwn(table, value)
      ? undefined
      : `one of ${Object.keys(table).map((key) => `"${key}"`).join(", ")}`;

/** Checks the options of `call`; ones that are undefined count as left out. */
export function checkOptions<T extends object>(call: string, options: T | undefined, checks: Checks): Partial<T> {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null) {
    throw new ScanError("option", `${call}: options must be an object, got ${String(options)}`);
  }
  for (const name in options) {
    const value: unknown = options[name];
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) {
      throw new ScanError("option", `${call}: unknown option \`${name}\`, expected ${Object.keys(checks).join(", ")}`);
    }
    const expected = value === undefined ? undefined : check(value, name);
    if (expected !== undefined) {
      throw new ScanError("option", `${call}: \`${name}\` must be ${expected}, got ${show(value)}`);
    }
  }
  return options;
}

function show(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}

/** Checks by option name. */
export type Checks = Readonly<Record<string, Check>>;
