// How layers compute on variables.
import type { Real } from "../../arrays.js";
import type { Random } from "../../random.js";
import { linear } from "../ops/matmul.js";
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

/** A dense layer as flax has it: `kernel` [inputs, outputs] and `bias`, behind `name`. */
export function dense(name: string, own: Readonly<Record<string, Operand>>, x: Operand): Variable {
  return linear(x, own[`${name}.kernel`]!, own[`${name}.bias`]!, { transposed: false });
}
