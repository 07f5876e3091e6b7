// The SSM of S5: one multi-input multi-output system with diagonal complex states.
import { type Input, type Real, type Tensor, zeros } from "../arrays.js";
import { type Engine, flag, type Inputs } from "../backend/backend.js";
import { engine } from "../backend/current.js";
import { type CInit, s5Parameters, statesOf } from "../init/s5.js";
import { random } from "../random.js";
import { beginsAsEnds } from "./backward.js";
import { type DiscretePoles, Discretizer, type Poles } from "./discrete-poles.js";
import { bidirectional as bothWays, type Forward, forwardArguments, type Frame, initialState, stepArguments, zeroState } from "./frame.js";
import type { ForwardOptions, Layer, LayerOptions, LoadOptions } from "./layer.js";
import { loadInto, type Parameters, parametersFrom } from "./parameters.js";
import { type S5Config, s5Config } from "./s5-config.js";

type AnyState = Record<string, Real>;

/** Options of {@link S5Ssm}, the reference's own with its defaults. */
export interface S5SsmOptions extends LayerOptions {
  /** Features of the input and of the output. */
  dModel: number;
  /** States, both of each conjugate pair counted; 256. */
  ssmSize?: number;
  /** HiPPO matrices that the states are initialised from; 8, or as many as fit a smaller ssmSize. */
  blocks?: number;
  /** How C begins; "trunc_standard_normal". */
  CInit?: CInit;
  /** "zoh". */
  discretization?: "zoh" | "bilinear";
  /** The initial steps lie between these, evenly in their logarithms; 0.001 and 0.1. */
  dtMin?: number;
  dtMax?: number;
  /** Whether one state of each conjugate pair stands for both; true. */
  conjSym?: boolean;
  /** Whether real parts of poles are kept below -1e-4; false. */
  clipEigs?: boolean;
  /** Whether a second scan runs backwards, the present step included; false. */
  bidirectional?: boolean;
  /** A multiplier of all steps: 2 for data at half the rate of training; 1. */
  stepRescale?: number;
}

/** States of {@link S5Ssm}: two planes [batch, states], with states = ssmSize / 2 if conjSym. */
export type S5State = Record<"re" | "im", Real>;

/**
 * `x[t] = Lambda_bar x[t-1] + B_bar u[t]`, `y[t] = 2 Re(C x[t]) + D u[t]` (without the 2 unless conjSym), initialised
 * from HiPPO-LegS. (Smith, Warrington and Linderman 2023, arXiv:2208.04933; lindermanlab/S5 `S5SSM`.)
 *
 * The scan is the recurrence itself, with the products before and after it done for many steps at once: the modes
 * "auto", "scan" and "recurrent" are one.
 *
 * With `dt` a step's size is its multiplier times the layer's own. The backward scan of a bidirectional layer sees the
 * same gaps between samples: at t it takes dt[t + 1], and dt[0] at the last step.
 */
export class S5Ssm implements Layer {
  readonly dModel: number;
  readonly options: Readonly<Required<S5SsmOptions>>;
  readonly #frame: Frame<"re" | "im">;
  readonly #states: number;
  readonly #parameters: Parameters;
  readonly #discretizer: Discretizer;
  #entering: S5State;

  constructor(options: S5SsmOptions) {
    this.options = s5Config(options);
    const { dModel, dtype, seed, stepRescale } = this.options;
    this.dModel = dModel;
    this.#states = statesOf(this.options);
    this.#frame = frameOf(this.options, this.#states);
    this.#parameters = parametersFrom(engine(), dtype, s5Parameters(this.options, random(seed)));
    this.#discretizer = new Discretizer(this.#flags, stepRescale, dtype);
    this.#entering = zeroState(this.#frame, 1);
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<AnyState>): { y: Real; state: S5State } {
    const call = forwardArguments(this.#frame, u, dims, options);
    const { batch, length, reset } = call;
    const y = zeros(this.options.dtype, u.length, "y");
    const state = this.#run(u, y, batch, length, call);
    if (!this.options.bidirectional) return { y, state };
    this.#run(u, y, batch, length, { ...call, reset: reset && beginsAsEnds(reset, batch, length) }, true);
    return { y, state: zeroState(this.#frame, 0) };
  }

  step(u: Real, state: AnyState, options?: { dt?: Real; out?: Real }): { y: Real; state: S5State } {
    const { batch, y, dt } = stepArguments(this.#frame, u, state, options);
    const { re, im } = state as S5State;
    if (this.#entering.re.length !== re.length) this.#entering = zeroState(this.#frame, batch);
    this.#entering.re.set(re);
    this.#entering.im.set(im);
    this.#run(u, y, batch, 1, { state: this.#entering, dt }, false, state as S5State);
    return { y, state: state as S5State };
  }

  initialState(batch: number): S5State {
    return initialState(this.#frame, batch);
  }

  parameters(): Record<string, Tensor> {
    return { ...this.#parameters };
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    loadInto("S5Ssm", this.#parameters, parameters, options);
  }

  /** One direction: fills `y`, or adds to it where `backward`; returns the states that leave. */
  #run(u: Real, y: Real, batch: number, length: number, options: Pick<Forward<"re" | "im">, "state" | "dt" | "reset" | "lengths">, backward = false, leaving = zeroState(this.#frame, batch)): S5State {
    const backend = engine();
    const { conjSym, stepRescale } = this.options;
    const own = this.#parameters;
    const readout = backward ? (own["C2"] ?? own["C"]!) : (own["C1"] ?? own["C"]!);
    const pitch = readout.dims[1]!;
    const first = backward && own["C2"] === undefined ? this.#states : 0;
    const flags = this.#flags | (backward ? flag.reverse | flag.adds | flag.shifted : 0);
    const numbers = [batch, length, this.dModel, this.#states, pitch, first, conjSym ? 2 : 1, stepRescale, flags];
    const inputs: Inputs = {
      u,
      B: own["B"]!.resident,
      C: readout.resident,
      D: backward ? undefined : own["D"]!.resident,
      ...this.#transition(backend, options.dt),
      "state.re": options.state?.re,
      "state.im": options.state?.im,
      reset: options.reset,
      lengths: options.lengths,
    };
    backend.call("diagonalSsm", numbers, inputs, { y, "out.state.re": leaving.re, "out.state.im": leaving.im });
    return leaving;
  }

  /** Discrete poles and gains, or, for steps of their own sizes, continuous poles. */
  #transition(backend: Engine, dt: Real | undefined): Record<string, Input | undefined> {
    const { re, im, logStep } = this.#poles();
    if (dt !== undefined) return { Lambda_re: re, Lambda_im: im, "gain.re": undefined, "gain.im": undefined, log_step: logStep, dt };
    const found: DiscretePoles = this.#discretizer.of(backend, { re, im, logStep });
    return { Lambda_re: found["a.re"], Lambda_im: found["a.im"], "gain.re": found["gain.re"], "gain.im": found["gain.im"], log_step: undefined, dt };
  }

  #poles(): Poles {
    const [re, im, logStep] = ["Lambda_re", "Lambda_im", "log_step"].map((name) => this.#parameters[name]!.data) as [Real, Real, Real];
    return { re: this.options.clipEigs ? re.map((x) => Math.min(x, -1e-4)) : re, im, logStep };
  }

  get #flags(): number {
    return this.options.discretization === "bilinear" ? flag.bilinear : 0;
  }
}

function frameOf({ dModel, dtype, bidirectional }: S5Config, states: number): Frame<"re" | "im"> {
  const convolution = "S5 mixes all features, so its kernel has dModel x dModel parts; use \"scan\"";
  return { name: "S5Ssm", dModel, dtype, state: { re: states, im: states }, cannot: { convolution, ...(bidirectional && bothWays) } };
}
