// What an npy file says of its array: versions 1 to 3, C order, little-endian.
import { ScanError } from "../error.js";
import { type ElementName, sizeOf } from "./elements.js";
import { charactersAt, numbersAt, type Source } from "./source.js";

/** An array in an npy file. */
export interface NpyArray {
  element: ElementName;
  shape: readonly number[];
  /** Where its data begin in the file. */
  dataStart: number;
}

/** The characters that npy files begin with. */
export const npyMagic = "\x93NUMPY";

const elements: Readonly<Record<string, ElementName>> = {
  ...{ "<f8": "F64", "<f4": "F32", "<f2": "F16" },
  ...{ "<i8": "I64", "<u8": "U64", "<i4": "I32", "<u4": "U32", "<i2": "I16", "<u2": "U16" },
  ...{ "|i1": "I8", "|u1": "U8", "|b1": "BOOL" },
};

/** Where the header's text begins by the file's version: its length stands before it, in 2 or 4 bytes. */
const textStarts: Readonly<Record<number, number>> = { 1: 10, 2: 12, 3: 12 };

/** Longer headers are none: names of fields make long ones, and these are not read. */
const LONGEST = 65_536;

/** Reads the header of an npy file, and checks that all data are there. */
export function npyArray(source: Source): NpyArray {
  if (charactersAt(source, 0, 6) !== npyMagic) throw new ScanError("file", "no npy file: it does not begin with \\x93NUMPY");
  const version = charactersAt(source, 6, 8).charCodeAt(0);
  const textStart = textStarts[version];
  if (textStart === undefined) throw new ScanError("file", `an npy file of version ${version}, expected 1 to 3`);
  if (source.bytes < textStart) throw new ScanError("file", `an npy file cut short: it has ${source.bytes} bytes, its header begins at ${textStart}`);
  const numbers = numbersAt(source, 8, textStart);
  const length = version === 1 ? numbers.getUint16(0, true) : numbers.getUint32(0, true);
  const dataStart = textStart + length;
  if (dataStart > source.bytes) throw new ScanError("file", `an npy file cut short: its header should have ${length} bytes, and ${source.bytes - textStart} follow`);
  if (length > LONGEST) throw new ScanError("file", `the npy header has ${length} bytes, more than ${LONGEST}`);
  const { element, shape } = described(literal(charactersAt(source, textStart, dataStart)));
  const expected = shape.reduce((product, axis) => product * axis, sizeOf(element));
  if (source.bytes - dataStart !== expected) {
    throw new ScanError("file", `the npy file has ${source.bytes - dataStart} bytes of data, expected ${expected} for [${shape.join(", ")}] of ${element}`);
  }
  return { element, shape, dataStart };
}

/** The value of a Python literal of dicts, tuples, strings, whole numbers and booleans. */
function literal(text: string): Record<string, unknown> {
  const json = text
    .replaceAll("'", '"')
    .replaceAll("(", "[")
    .replaceAll(")", "]")
    .replace(/\bTrue\b/g, "true")
    .replace(/\bFalse\b/g, "false")
    .replace(/(\d)L\b/g, "$1") // Python 2
    .replace(/,\s*([\]}])/g, "$1");
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch (cause) {
    throw new ScanError("file", `the npy header is no description of an array: ${JSON.stringify(text.trim().slice(0, 80))}`, { cause });
  }
}

function described(header: Record<string, unknown>): Pick<NpyArray, "element" | "shape"> {
  const { descr, fortran_order: turned, shape } = header ?? {};
  const element = typeof descr === "string" && Object.hasOwn(elements, descr) ? elements[descr] : undefined;
  if (element === undefined) throw new ScanError("file", `the npy header's \`descr\` must be one of ${Object.keys(elements).join(", ")}, got ${JSON.stringify(descr) ?? "none"}`);
  if (!Array.isArray(shape) || !shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0)) {
    throw new ScanError("file", `the npy header's \`shape\` must be a tuple of whole numbers, got ${JSON.stringify(shape) ?? "none"}`);
  }
  const axes = shape as readonly number[];
  if (typeof turned !== "boolean") throw new ScanError("file", `the npy header's \`fortran_order\` must be True or False, got ${JSON.stringify(turned) ?? "none"}`);
  if (turned && axes.filter((axis) => axis !== 1).length > 1) throw new ScanError("file", "the npy file is in Fortran order, expected C order: save numpy.ascontiguousarray of it");
  return { element, shape: axes };
}
