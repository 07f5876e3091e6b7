// What every scan over time takes.
import { type Input, dataOf } from "../arrays.js";
import { type Engine, type Inputs, type Outputs, flag } from "../backend/backend.js";
import { ScanError } from "../error.js";
import { aBoolean, anObject, bytes, checkOptions, integers } from "../options.js";

/** Options of every scan over time. */
export interface ScanOptions {
  /** Time runs from the last step to the first: the state enters at the end. Default false. */
  reverse?: boolean;
  /** [batch, length]; a 1 at t makes h[t] start from zero: a select, so NaN does not pass. */
  reset?: Uint8Array;
  /** Packed sequences: rising, from 0 to length, batch 1; states are then [sequences, ...]. */
  cuSeqlens?: Int32Array;
  /** The same bits on any number of threads; init's own setting where left out. */
  deterministic?: boolean;
}

const checks = { reverse: aBoolean, reset: bytes, cuSeqlens: integers, deterministic: aBoolean, out: anObject };

/** The options of a scan, checked. */
export function scanOptions<T extends ScanOptions & { out?: object }>(call: string, options: T | undefined): Partial<T> {
  const checked = checkOptions(call, options, checks);
  checkOptions(`${call}: out`, checked.out as Record<string, unknown> | undefined, { h: anObject, state: anObject });
  return checked;
}

/** The bits of a kernel's flags. */
export function flagsOf(options: ScanOptions, engine: Engine): number {
  const deterministic = options.deterministic ?? engine.deterministic;
  return (options.reverse ? flag.reverse : 0) | (deterministic ? flag.deterministic : 0);
}

/** How many sequences a call has. */
export function sequencesOf(batch: number, { cuSeqlens }: ScanOptions): number {
  return cuSeqlens === undefined ? batch : Math.max(cuSeqlens.length - 1, 0);
}

/** Refuses an output, given by the caller, that shares memory with another argument. */
export function checkOverlap(inputs: Inputs, outputs: Outputs): void {
  const ranges = Object.entries({ ...inputs, ...outputs }).flatMap(([name, array]) => {
    if (array === undefined) return [];
    const { buffer, byteOffset, byteLength } = dataOf(array as Input);
    return [{ name, buffer, start: byteOffset, end: byteOffset + byteLength }];
  });
  const firstOutput = ranges.length - Object.keys(outputs).length;
  ranges.slice(firstOutput).forEach((output, i) => {
    for (const other of ranges.slice(0, firstOutput + i)) {
      if (output.buffer === other.buffer && output.start < other.end && other.start < output.end) {
        throw new ScanError("shape", `\`${output.name}\` (bytes ${output.start} to ${output.end}) shares memory with \`${other.name}\` (bytes ${other.start} to ${other.end})`);
      }
    }
  });
}
