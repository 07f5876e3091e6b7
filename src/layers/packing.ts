// Padded sequences end to end, without the padding: what stands in it is neither read nor computed.
import { ScanError } from "../error.js";
import { checkKind, type Real } from "../arrays.js";
import { checkLength } from "../dims.js";

/** Padding of sequences [batch, length]. */
export interface Padding {
  batch: number;
  length: number;
  /** Where the valid steps of each sequence begin, [batch]; at 0 if left out. */
  starts?: Int32Array | undefined;
  /** Where they end, [batch]; at `length` if left out. */
  lengths?: Int32Array | undefined;
}

/** The valid steps of all sequences as one, of `total` steps; `cuSeqlens`, [batch + 1], says where each begins. */
export class Packing {
  readonly cuSeqlens: Int32Array;
  readonly total: number;
  /** Steps with the padding. */
  readonly padded: number;
  /** The first step of each sequence within [batch, length]. */
  readonly #from: Int32Array;

  constructor({ batch, length, starts, lengths }: Padding) {
    this.padded = batch * length;
    this.cuSeqlens = new Int32Array(batch + 1);
    this.#from = Int32Array.from({ length: batch }, (_, n) => n * length + (starts?.[n] ?? 0));
    for (let n = 0; n < batch; n++) this.cuSeqlens[n + 1] = this.cuSeqlens[n]! + (lengths?.[n] ?? length) - (starts?.[n] ?? 0);
    this.total = this.cuSeqlens[batch]!;
  }

  /** From [batch, length, width] to [total, width]. */
  pack<T extends Real | Int32Array | Uint8Array>(padded: T, width: number, packed: T): T {
    this.#from.forEach((from, n) => {
      const [begin, end] = [this.cuSeqlens[n]!, this.cuSeqlens[n + 1]!];
      packed.set(padded.subarray(from * width, (from + end - begin) * width) as never, begin * width);
    });
    return packed;
  }

  /** From [total, width] to [batch, length, width]; leaves padding as it is. */
  unpack(packed: Real, width: number, padded: Real): void {
    this.#from.forEach((from, n) => {
      padded.set(packed.subarray(this.cuSeqlens[n]! * width, this.cuSeqlens[n + 1]! * width), from * width);
    });
  }
}

/** Checks where left-padded sequences begin: within what is valid of each. */
export function checkStarts({ batch, length, starts, lengths }: Padding): void {
  if (starts === undefined) return;
  checkKind("starts", "Int32Array", starts);
  checkLength("starts", starts, batch);
  starts.forEach((start, n) => {
    const end = lengths?.[n] ?? length;
    if (start < 0 || start > end) throw new ScanError("shape", `\`starts\` must be 0 to ${end}, where sequence ${n} ends, got ${start}`);
  });
}
