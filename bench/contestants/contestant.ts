// Someone who is timed.
import type { Data } from "../cases/data.js";
import type { Problem } from "../cases/problem.js";

/** What a contestant says to a case: how wrong it is, that it is not for it, or why it should have done it and did not. */
export type Prepared = { error: number } | { unsupported: string } | { failed: string };

/** Which part of the work is timed. */
export type Part =
  /** What the machine can do, whatever is computed. */
  | "limit"
  /** The computation alone, on arrays where it wants them. */
  | "kernel"
  /** The way of arrays into a backend's memory and back. */
  | "copy"
  /** A call of the package, as a program makes it. */
  | "call"
  /** Somebody else's computation. */
  | "peer";

export interface Contestant {
  /** Unique. */
  readonly name: string;
  readonly part: Part;
  readonly threads: number | "all";
  /** Whether a case is prepared; one whose process has ended has to prepare it again. */
  readonly ready: boolean;
  /** Gets a case ready to be timed, and forgets the case before. */
  prepare(problem: Problem, data: Data): Promise<Prepared>;
  /** Milliseconds of one call, the mean of so many in a row. */
  time(calls: number): Promise<number>;
  /** Forgets the case and gives its memory back. */
  drop(): Promise<void>;
}

/** Someone who cannot take part. */
export interface Absence {
  name: string;
  cause: string;
  /** What gets it. */
  remedy?: string;
}

/** Does something so many times; milliseconds of one. */
export function timed(run: () => void, calls: number): number {
  const began = performance.now();
  for (let i = 0; i < calls; i++) run();
  return (performance.now() - began) / calls;
}
