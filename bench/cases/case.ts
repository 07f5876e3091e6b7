// A case of the bench: a problem, and who is timed at it.
import type { LayerOperator } from "./layers/layers.js";
import { nameOf, type Operator, type Problem, sizeOf } from "./problem.js";

export const groups = {
  main: "the shapes that the figures are about",
  complex: "complex gates, as in S5",
  matrix: "dense matrices",
  variants: "float64, reverse, gates by channel, few channels",
  small: "what a call costs",
  lengths: "time per element over length",
  classic: "one SSM by recurrence, by convolution and by scan, over length",
  layers: "S4 and S5: kernels, whole sequences, steps",
  mamba: "selective scans, Mamba-2's recurrence, a language model",
  gradients: "scans there and back, a step of training",
  threads: "one thread against all of them, where threads begin to pay",
} as const;

export type Group = keyof typeof groups;

export interface Case {
  /** Unique. */
  name: string;
  group: Group;
  problem: Problem;
  /** Names of contestants; everyone where left out. */
  only?: readonly string[];
  /** Left out unless `--long` is given. */
  long: boolean;
}

/** Elements from which a case takes minutes and gigabytes. */
const LONG = 50e6;

/** A case of a scan: axes [batch, length, channels or n], and what is unusual. */
export function scan(group: Group, operator: Operator, axes: readonly [number, number, number], unusual: Partial<Problem> = {}, only?: readonly string[]): Case {
  const [batch, length, width] = axes;
  const row = operator === "matrix" ? { n: width } : { channels: width };
  return caseOf(group, { operator, batch, length, ...row, dtype: "float32", gates: "full", reverse: false, ...unusual }, only);
}

/** A case of the group "classic". */
export function classic(length: number): Case {
  return caseOf("classic", { operator: "ssm", batch: 1, length, channels: 1, n: 64, dtype: "float32", gates: "full", reverse: false });
}

/** A case of the group "layers": so many steps, features and states. */
export function layer(operator: LayerOperator, length: number, channels: number, n: number, peers: readonly string[] = []): Case {
  const who = ["native 1T", "native allT", "wasm", ...peers];
  return caseOf("layers", { operator, batch: 1, length, channels, n, dtype: "float32", gates: "full", reverse: false }, who);
}

/** A case of the group "mamba". */
export function mamba(operator: LayerOperator, axes: readonly [length: number, channels: number, states: number], only: readonly string[], weights?: "bfloat16"): Case {
  const [length, channels, n] = axes;
  const found = caseOf("mamba", { operator, batch: 1, length, channels, n, dtype: "float32", gates: "full", reverse: false, ...(weights && { weights }) }, only);
  return { ...found, long: found.long || operator.startsWith("mamba-") };
}

/** A case of the group "gradients": [batch, length, channels, states]. */
export function gradient(operator: LayerOperator, axes: readonly [number, number, number, number], peers: readonly string[]): Case {
  const [batch, length, channels, n] = axes;
  const who = ["native 1T", "native allT", "wasm", ...peers];
  return caseOf("gradients", { operator, batch, length, channels, n, dtype: "float32", gates: "full", reverse: false }, who);
}

function caseOf(group: Group, problem: Problem, only?: readonly string[]): Case {
  return { name: nameOf(problem), group, problem, long: sizeOf(problem).elements > LONG, ...(only && { only }) };
}
