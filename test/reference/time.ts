// Which rows a sequence has, and in which order time runs through them.
import type { Dims, ScanOptions } from "ssm-scan";

export interface DefinitionOptions extends Omit<ScanOptions, "deterministic"> {
  /** What every operation does to its result; exact where left out, `Math.fround` for a serial loop in f32. */
  round?: (value: number) => number;
}

const range = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, i) => start + i);

/** The rows of every sequence in the order of time. */
export function sequences({ batch, length }: Pick<Dims, "batch" | "length">, options: DefinitionOptions): number[][] {
  const bounds = options.cuSeqlens ?? range(0, batch + 1).map((i) => i * length);
  const all = range(1, bounds.length).map((i) => range(bounds[i - 1]!, bounds[i]!));
  return options.reverse ? all.map((rows) => rows.reverse()) : all;
}

/** Where the row of an input starts that may be broadcast: [batch, length, width], [length, width] or [width]. */
export function rowStarts(size: number, dims: Pick<Dims, "batch" | "length">, width: number): (row: number) => number {
  if (size === dims.batch * dims.length * width) return (row) => row * width;
  if (size === dims.length * width) return (row) => (row % dims.length) * width;
  if (size === width) return () => 0;
  throw new Error(`${size} elements fit no way to broadcast`);
}

export const exact = (value: number): number => value;
