// What a safetensors file lists: only its header is read.
import { engine } from "../backend/current.js";
import { ScanError } from "../error.js";
import { numbersAt, type Source } from "./source.js";

/** A tensor in a file. */
export interface ListedTensor {
  name: string;
  /** As the format calls it, such as "F32". */
  dtype: string;
  shape: readonly number[];
  /** Where its data are, in bytes from the first of all data. */
  start: number;
  end: number;
}

/** What a file holds, in the order of the data. */
export interface Listing {
  metadata: Record<string, string>;
  tensors: readonly ListedTensor[];
  /** Where the data begin in the file. */
  dataStart: number;
}

/** A tensor as the header has it. */
interface Entry {
  dtype: string;
  shape: readonly number[];
  data_offsets: readonly [start: number, end: number];
}

/** Bytes of the length that a file begins with. */
const LENGTH = 8;

/** Longer headers are refused, as the format's own reader refuses them. */
const LONGEST = 100_000_000;

/** Reads the header of a safetensors file. */
export function listingOf(source: Source): Listing {
  if (source.bytes < LENGTH) throw new ScanError("file", `a safetensors file begins with a length of ${LENGTH} bytes, this one has ${source.bytes} in all`);
  const length = numbersAt(source, 0, LENGTH).getBigUint64(0, true);
  const rest = source.bytes - LENGTH;
  if (length > rest) throw new ScanError("file", `no safetensors file, or one cut short: its header should have ${length} bytes, and ${rest} follow`);
  if (length > LONGEST) throw new ScanError("file", `the header has ${length} bytes, more than ${LONGEST}`);
  const dataStart = LENGTH + Number(length);
  const json = engine().convert("readTensorHeader", source.read(LENGTH, dataStart), source.bytes - dataStart);
  const { __metadata__: metadata = {}, ...entries } = JSON.parse(json) as Record<string, Entry> & { __metadata__?: Record<string, string> };
  const tensors = Object.entries(entries as Record<string, Entry>).map(([name, { dtype, shape, data_offsets: [start, end] }]) => ({ name, dtype, shape, start, end }));
  return { metadata, tensors: tensors.sort((x, y) => x.start - y.start || x.end - y.end), dataStart };
}
