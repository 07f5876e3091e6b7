// How layers compute on variables.
import type { Real } from "../../arrays.js";
import type { Random } from "../../random.js";
import type { Operand, Variable } from "../tape.js";

/** What a layer is told besides its input. */
export interface TraceOptions {
  /** [batch, length]; a 1 at t begins a new sequence there. */
  reset?: Uint8Array;
  /** Valid steps of each right-padded sequence, [batch]. */
  lengths?: Int32Array;
  /** Where dropout and batch statistics come from in training; of evaluation where left out. */
  training?: { random: Random };
  /** Told the statistics of batches, by the names of the running ones. */
  onStatistics?: (name: string, values: Real) => void;
}

/** The forward pass of a layer of these options on variables: u [batch, length, dModel], parameters by the layer's own names. */
export type Trace<O> = (options: O, parameters: Readonly<Record<string, Operand>>, u: Operand, how: TraceOptions) => Variable;

/** The parameters whose names begin with `prefix`, without it. */
export function below(parameters: Readonly<Record<string, Operand>>, prefix: string): Record<string, Operand> {
  const own = Object.entries(parameters).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, operand]) => [name.slice(prefix.length), operand]));
}
