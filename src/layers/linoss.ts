// The layer of LinOSS: forced harmonic oscillators with dense inputs and outputs.
import { type Real, type Tensor, zeros } from "../arrays.js";
import type { Inputs } from "../backend/backend.js";
import { engine } from "../backend/current.js";
import { ScanError } from "../error.js";
import { linossParameters } from "../init/linoss.js";
import { aBoolean, aCount, aPositive, type Check, oneOf } from "../options.js";
import { random } from "../random.js";
import { configOf } from "./config.js";
import { type Forward, forwardArguments, type Frame, initialState, stepArguments, zeroState } from "./frame.js";
import type { ForwardOptions, Layer, LayerOptions, LoadOptions } from "./layer.js";
import { loadInto, type Parameters, parametersFrom } from "./parameters.js";

type AnyState = Record<string, Real>;
type Plane = "zRe" | "zIm" | "yRe" | "yIm";

/** Options of {@link LinOss}, the reference's own. */
export interface LinOssOptions extends LayerOptions {
  /** Features of the input and of the output. */
  dModel: number;
  /** Oscillators; 64. */
  stateDim?: number;
  /** Implicit, which dissipates, or implicit-explicit, which conserves; "IM". */
  discretization?: "IM" | "IMEX";
  /** Whether the oscillators have a friction of their own (D-LinOSS), for "IMEX" only; false. */
  damping?: boolean;
  /** With damping, the smallest initial magnitude of a step's eigenvalues; 0.9. */
  rMin?: number;
  /** With damping, the largest initial angle of a step's eigenvalues; pi. */
  thetaMax?: number;
}

/** States of {@link LinOss}: velocities z and positions y, complex, each plane [batch, stateDim]. */
export type LinOssState = Record<Plane, Real>;

/** Numbers of discretizations, as in `crates/core/src/binding.rs`. */
const kinds = { IM: 0, IMEX: 1 } as const;

const aRadius: Check = (value) => (typeof value === "number" && value > 0 && value <= 1 ? undefined : "a number above 0, at most 1");
const checks = { dModel: aCount, stateDim: aCount, discretization: oneOf(kinds), damping: aBoolean, rMin: aRadius, thetaMax: aPositive };
const defaults = { stateDim: 64, discretization: "IM", damping: false, rMin: 0.9, thetaMax: Math.PI } as const;

/**
 * `y'' = -A y - G y' + B u`, out = `Re(C y) + D u`: LinOSS-IM, LinOSS-IMEX and D-LinOSS. A step is `dt = sigmoid(steps)`,
 * `A = relu(A_diag)`; with damping `G = relu(G_diag)` and A is kept where a step's eigenvalues are complex.
 * (Rusch and Rus 2025, arXiv:2410.03943; Boyer, Rusch and Rus 2025, arXiv:2505.12171; discretax `LinOSSSequenceMixer`.)
 *
 * The scan is the recurrence itself, with the products before and after it done for many steps at once: the modes
 * "auto", "scan" and "recurrent" are one.
 *
 * With `dt` a step's size is its multiplier times the layer's own, in the bounds of A as well. "IM" is stable at any
 * size; undamped "IMEX" where `dt^2 A` is at most 4.
 */
export class LinOss implements Layer {
  readonly dModel: number;
  /** The constructor's, complete. */
  readonly options: Readonly<Required<LinOssOptions>>;
  readonly #frame: Frame<Plane>;
  readonly #parameters: Parameters;
  #entering: LinOssState;

  constructor(options: LinOssOptions) {
    const config = configOf("LinOss", options, checks, defaults) as Required<LinOssOptions>;
    if (config.damping && config.discretization !== "IMEX") {
      throw new ScanError("option", `LinOss: \`damping\` needs the \`discretization\` "IMEX", got "${config.discretization}"`);
    }
    this.options = config;
    this.dModel = config.dModel;
    this.#frame = frameOf(config);
    this.#parameters = parametersFrom(engine(), config.dtype, linossParameters(config, random(config.seed)));
    this.#entering = zeroState(this.#frame, 1);
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<AnyState>): { y: Real; state: LinOssState } {
    const call = forwardArguments(this.#frame, u, dims, options);
    const y = zeros(this.options.dtype, u.length, "y");
    const state = zeroState(this.#frame, call.batch);
    this.#run(u, y, [call.batch, call.length], call, state);
    return { y, state };
  }

  step(u: Real, state: AnyState, options?: { dt?: Real; out?: Real }): { y: Real; state: LinOssState } {
    const { batch, y, dt } = stepArguments(this.#frame, u, state, options);
    const leaving = state as LinOssState;
    if (this.#entering.zRe.length !== leaving.zRe.length) this.#entering = zeroState(this.#frame, batch);
    for (const plane in this.#frame.state) this.#entering[plane as Plane].set(leaving[plane as Plane]);
    this.#run(u, y, [batch, 1], { state: this.#entering, dt }, leaving);
    return { y, state: leaving };
  }

  initialState(batch: number): LinOssState {
    return initialState(this.#frame, batch);
  }

  parameters(): Record<string, Tensor> {
    return { ...this.#parameters };
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    loadInto("LinOss", this.#parameters, parameters, options);
  }

  /** Fills `y` and `leaving`. */
  #run(u: Real, y: Real, [batch, length]: [number, number], { state, dt, reset, lengths }: Pick<Forward<Plane>, "state" | "dt" | "reset" | "lengths">, leaving: LinOssState): void {
    const { dModel, stateDim, discretization } = this.options;
    const own = this.#parameters;
    const inputs: Inputs = {
      u,
      B: own["B"]!.resident,
      C: own["C"]!.resident,
      D: own["D"]!.resident,
      A_diag: own["A_diag"]!.resident,
      G_diag: own["G_diag"]?.resident,
      steps: own["steps"]!.resident,
      dt,
      zRe: state?.zRe,
      zIm: state?.zIm,
      yRe: state?.yRe,
      yIm: state?.yIm,
      reset,
      lengths,
    };
    const { zRe, zIm, yRe, yIm } = leaving;
    const outputs = { y, "out.zRe": zRe, "out.zIm": zIm, "out.yRe": yRe, "out.yIm": yIm };
    engine().call("oscillator", [batch, length, dModel, stateDim, kinds[discretization], 0], inputs, outputs);
  }
}

function frameOf({ dModel, stateDim, dtype }: Required<LinOssOptions>): Frame<Plane> {
  const state = { zRe: stateDim, zIm: stateDim, yRe: stateDim, yIm: stateDim };
  const convolution = 'LinOSS mixes all features, so its kernel has dModel x dModel parts; use "scan"';
  return { name: "LinOss", dModel, dtype, state, cannot: { convolution } };
}
