// A figure to reach: a ratio of times taken within one try.
import type { Group } from "../cases/case.js";

interface Figure {
  /** What the figure is, for people. */
  name: string;
  must: number;
  aim: number;
}

/** How often faster `ours` is than `theirs` at a case; for a limit, the part of it that is reached. At least `must`. */
export interface Faster extends Figure {
  kind: "faster";
  case: string;
  ours: string;
  theirs: string;
}

/** How often longer `ours` takes than `theirs` at a case. At most `must`. */
export interface Slower extends Figure {
  kind: "slower";
  case: string;
  ours: string;
  theirs: string;
}

/** The same at the worst case of a group. At most `must`. */
export interface Worst extends Figure {
  kind: "worst";
  group: Group;
  ours: string;
  theirs: string;
}

/** The longest time per element over the shortest, of the cases of a group that no cache holds. At most `must`. */
export interface Flat extends Figure {
  kind: "flat";
  group: Group;
  ours: string;
  channels: number;
}

export type Goal = Faster | Slower | Worst | Flat;
