// What every scan over time takes.
import { type Input, dataOf } from "../arrays.js";
import { type Engine, type Inputs, type Outputs, flag } from "../backend/backend.js";
import { ScanError } from "../error.js";
import { aBoolean, anObject, bytes, type Check, checkOptions, integers } from "../options.js";

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

/** Checks of {@link ScanOptions}. */
export const scanChecks: Readonly<Record<keyof ScanOptions, Check>> = { reverse: aBoolean, reset: bytes, cuSeqlens: integers, deterministic: aBoolean };
const checks = { ...scanChecks, out: anObject };
const outChecks = { h: anObject, state: anObject };

/** The options of a scan, checked. */
export function scanOptions<T extends ScanOptions & { out?: object }>(call: string, options: T | undefined): Partial<T> {
  const checked = checkOptions(call, options, checks);
  if (checked.out !== undefined) checkOptions(`${call}: out`, checked.out as Record<string, unknown>, outChecks);
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
  for (const name in outputs) {
    const output = outputs[name]!;
    const buffer = ArrayBuffer.isView(output) ? output.buffer : undefined;
    for (const other in inputs) checkApart(name, output, buffer, other, inputs[other]);
    for (const other in outputs) {
      if (other === name) break;
      checkApart(name, output, buffer, other, outputs[other]);
    }
  }
}

/** `buffer` is that of an output that is a view. */
function checkApart(name: string, output: Input, buffer: ArrayBufferLike | undefined, other: string, input: Inputs[string]): void {
  if (input === undefined || (buffer !== undefined && ArrayBuffer.isView(input) && input.buffer !== buffer)) return;
  // Two arrays in a backend's memory share it only if they are one; looking at them would make views.
  if (buffer === undefined && !ArrayBuffer.isView(input) && input !== output) return;
  const [x, y]: [ArrayBufferView, ArrayBufferView] = [dataOf(output), dataOf(input as Input)];
  if (x.buffer === y.buffer) checkViews(name, x, other, y);
}

/** Of two views of one buffer. */
function checkViews(name: string, x: ArrayBufferView, other: string, y: ArrayBufferView): void {
  const [from, to, start, end] = [x.byteOffset, x.byteOffset + x.byteLength, y.byteOffset, y.byteOffset + y.byteLength];
  if (from < end && start < to) {
    throw new ScanError("shape", `\`${name}\` (bytes ${from} to ${to}) shares memory with \`${other}\` (bytes ${start} to ${end})`);
  }
}
