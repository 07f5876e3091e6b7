// The linear RNN with a dense matrix: the recurrence that diagonal ones are made from.
import type { Real, Resident, Tensor } from "../arrays.js";
import { engine } from "../backend/current.js";
import { ScanError } from "../error.js";
import { type LinearRnnInit, linearRnnInits, linearRnnParameters } from "../init/linear-rnn.js";
import { matrixScan } from "../ops/matrix-scan.js";
import { aCount, aNumber, oneOf } from "../options.js";
import { random } from "../random.js";
import { configOf } from "./config.js";
import type { ForwardOptions, Layer, LayerOptions, LoadOptions } from "./layer.js";
import { loadInto, type Parameters, parametersFrom } from "./parameters.js";
import { type Made, Recurrent, type Steps } from "./recurrent.js";
import { dense } from "./rows.js";
import { Scratch } from "./scratch.js";

/** Options of {@link LinearRnn}. */
export interface LinearRnnOptions extends LayerOptions {
  /** Features of the input and of the output. */
  dModel: number;
  /** States; dModel. */
  stateSize?: number;
  /** A begins orthogonal, or with eigenvalues on a ring as those of LRU; "orthogonal". */
  init?: LinearRnnInit;
  /** The least absolute value of an eigenvalue on the ring; 0. */
  rMin?: number;
  /** The greatest; 1. */
  rMax?: number;
  /** The greatest phase of an eigenvalue on the ring; 6.28. */
  maxPhase?: number;
}

/** State of {@link LinearRnn}: h, [batch, stateSize]. */
export type LinearRnnState = Record<"h", Real>;

const checks = { dModel: aCount, stateSize: aCount, init: oneOf(linearRnnInits), rMin: aNumber, rMax: aNumber, maxPhase: aNumber };
const defaults = { init: "orthogonal", rMin: 0, rMax: 1, maxPhase: 6.28 } as const;

const cannot = {
  dt: "the layer is discrete: its matrix has no step size",
  convolution: "the layer mixes all features, so its kernel has dModel x dModel parts; use \"scan\"",
};

/**
 * `h = A h' + B u`, `y = C h + D u` with a dense A, [stateSize, stateSize]. A step costs stateSize^2, so few states are quick
 * and many are not. (Orvieto et al. 2023, arXiv:2303.06349, section 3, whose initial eigenvalues "ring" has.)
 */
export class LinearRnn implements Layer {
  readonly dModel: number;
  /** The options, complete. */
  readonly options: Required<LinearRnnOptions>;
  readonly #recurrent: Recurrent;
  readonly #parameters: Parameters;
  readonly #scratch: Scratch;

  constructor(options: LinearRnnOptions) {
    const config = configOf("LinearRnn", options, checks, defaults);
    const { dModel, stateSize = dModel, dtype, seed, rMin, rMax } = config;
    if (rMin < 0 || rMax > 1 || rMin > rMax) throw new ScanError("option", `LinearRnn: \`rMin\` ${rMin} and \`rMax\` ${rMax} must rise from 0 to 1`);
    this.options = { ...config, stateSize };
    this.dModel = dModel;
    this.#recurrent = new Recurrent({ name: "LinearRnn", dModel, dtype, state: { h: stateSize }, cannot }, (steps, made) => this.#run(steps, made));
    this.#parameters = parametersFrom(engine(), dtype, linearRnnParameters(this.options, random(seed)));
    this.#scratch = new Scratch(dtype);
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<Record<string, Real>>): { y: Real; state: LinearRnnState } {
    return this.#recurrent.forward(u, dims, options);
  }

  step(u: Real, state: Record<string, Real>, options?: { dt?: Real; out?: Real }): { y: Real; state: LinearRnnState } {
    return this.#recurrent.step(u, state, options);
  }

  initialState(batch: number): LinearRnnState {
    return this.#recurrent.initialState(batch);
  }

  parameters(): Record<string, Tensor> {
    return { ...this.#parameters };
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    loadInto("LinearRnn", this.#parameters, parameters, options);
  }

  #run({ engine, u, batch, length, state, reset }: Steps<"h">, { y, leaving }: Made<"h">): Resident {
    const { dModel, stateSize } = this.options;
    const rows = batch * length;
    const own = (name: string) => this.#parameters[name]!.resident;
    const [b, h] = [this.#scratch.array(engine, "b", rows * stateSize), this.#scratch.array(engine, "h", rows * stateSize)];
    dense(engine, { rows, inputs: dModel, outputs: stateSize }, { x: u, weight: own("B") }, b);
    const inputs = { A: own("A"), b };
    matrixScan(state === undefined ? inputs : { ...inputs, state: state.h }, { batch, length, n: stateSize }, { ...(reset && { reset }), out: { h, state: leaving.h } });
    dense(engine, { rows, inputs: stateSize, outputs: dModel }, { x: h, weight: own("C") }, y);
    addSkip(y, u, own("D").data);
    return h;
  }
}

/** `y += D u`, row by row. */
function addSkip(y: Real, u: Real, D: Real): void {
  for (let i = 0, k = 0; i < y.length; i++) {
    y[i]! += D[k]! * u[i]!;
    k = k + 1 === D.length ? 0 : k + 1;
  }
}
