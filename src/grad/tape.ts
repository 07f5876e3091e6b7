// The record of a computation, and the walk back along it that gives gradients.
import { type Dtype, precisionOf, type Real, type Tensor, zeros } from "../arrays.js";
import { ScanError } from "../error.js";
import { pointwise } from "./ops/kernels.js";

/** What operations take: variables, or tensors that count as constants. */
export type Operand = Variable | Tensor;

/** A tensor that was computed, row-major, and how it was. Never written to. */
export class Variable implements Tensor {
  readonly dims: readonly number[];
  readonly data: Real;
  readonly tape: Tape;

  constructor(tape: Tape, dims: readonly number[], data: Real) {
    this.tape = tape;
    this.dims = dims;
    this.data = data;
  }
}

/** The gradients of an operation's inputs, each of its input's shape, from those of its results; undefined where there is none. */
type Backward = (...gradients: Real[]) => readonly (Real | undefined)[];

/** An operation that was done. */
interface Step {
  results: readonly Variable[];
  inputs: readonly Operand[];
  backward: Backward;
}

/** A computation in the order of its operations. */
export class Tape {
  readonly #steps: Step[] = [];

  /** A tensor whose gradient is asked for. */
  variable({ dims, data }: Tensor): Variable {
    return new Variable(this, dims, data);
  }

  /** The result of an operation; `backward` turns its gradient into those of the inputs. */
  record(inputs: readonly Operand[], dims: readonly number[], data: Real, backward: Backward): Variable {
    return this.recordAll(inputs, [{ dims, data }], backward)[0]!;
  }

  /** The same for an operation of several results; a result that nothing depends on has a gradient of zeros. */
  recordAll(inputs: readonly Operand[], tensors: readonly Tensor[], backward: Backward): Variable[] {
    const results = tensors.map(({ dims, data }) => new Variable(this, dims, data));
    if (this !== constants) this.#steps.push({ results, inputs, backward });
    return results;
  }

  /** The gradients of a number with respect to all variables that it depends on; the record is used up. */
  gradients(loss: Variable): Map<Operand, Real> {
    return this.pull(new Map([[loss, one(loss)]]));
  }

  /** The same from the gradients of any results. */
  pull(of: ReadonlyMap<Variable, Real>): Map<Operand, Real> {
    const found = new Map<Operand, Real>(of);
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      const { results, inputs, backward } = step;
      const gradients = results.map((result) => found.get(result));
      if (gradients.every((gradient) => gradient === undefined)) continue;
      results.forEach((result) => found.delete(result));
      const pulled = backward(...gradients.map((gradient, i) => gradient ?? results[i]!.data.slice().fill(0)));
      inputs.forEach((input, i) => {
        const own = pulled[i];
        if (own === undefined || !counts(input)) return;
        found.set(input, added(found.get(input), own));
      });
    }
    return found;
  }
}

/** Of what is computed from constants alone, which nobody walks back. */
const constants = new Tape();

/** Whether somebody may ask for an operand's gradient. */
export const counts = (operand: Operand): operand is Variable => operand instanceof Variable && operand.tape !== constants;

/** Whose result an operation's is. */
export function tapeOf(inputs: readonly Operand[]): Tape {
  const tapes = new Set(inputs.filter(counts).map(({ tape }) => tape));
  if (tapes.size > 1) throw new ScanError("option", "an operation's variables are of two computations, expected one");
  const [tape = constants] = tapes;
  return tape;
}

/** The dtype that all operands have. */
export function commonDtype(operation: string, operands: readonly Operand[]): Dtype {
  const dtypes = operands.map(({ data }) => precisionOf(data));
  const [first] = dtypes;
  const other = dtypes.findIndex((dtype) => dtype !== first);
  if (other >= 0) throw new ScanError("dtype", `${operation}: argument ${other + 1} is ${dtypes[other]}, the first is ${first}`);
  return first!;
}

function one(loss: Variable): Real {
  if (loss.data.length !== 1) throw new ScanError("shape", `a loss must have 1 element, got ${loss.data.length}`);
  return zeros(precisionOf(loss.data), 1).fill(1);
}

/** A gradient may be shared by several inputs, so a sum is a new array. */
const added = (sum: Real | undefined, more: Real): Real => (sum === undefined ? more : pointwise("identity", sum, undefined, more));
