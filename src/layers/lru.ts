// The linear recurrent unit: a system with diagonal complex states that is discrete from the start.
import { type Real, type Resident, type Tensor, zeros } from "../arrays.js";
import type { Engine, Inputs } from "../backend/backend.js";
import { engine } from "../backend/current.js";
import { lruParameters } from "../init/lru.js";
import { random } from "../random.js";
import { Derived } from "./derived.js";
import { copyState, forwardArguments, type Frame, initialState, stepArguments, zeroState } from "./frame.js";
import type { ForwardOptions, Layer, LayerOptions, LoadOptions } from "./layer.js";
import { lruConfig } from "./lru-config.js";
import { loadInto, type Parameters, parametersFrom } from "./parameters.js";

/** Options of {@link Lru}, the reference's own with its defaults. */
export interface LruOptions extends LayerOptions {
  /** Features of the input and of the output. */
  dModel: number;
  /** Complex states; 64. */
  dHidden?: number;
  /** The initial poles lie on a ring between these radii; 0 and 1. */
  rMin?: number;
  rMax?: number;
  /** The initial poles' phases lie between 0 and this; 6.28. */
  maxPhase?: number;
}

/** States of {@link Lru}: two planes [batch, dHidden]. */
export type LruState = Record<"re" | "im", Real>;

/** What the kernel takes: poles [dHidden], gains [dHidden], B [dHidden, dModel, 2], C [dModel, dHidden, 2]. */
type Weights = Readonly<Record<"re" | "im" | "gain" | "zero" | "B" | "C", Resident>>;

/** What the weights are made of. */
const sources = ["nu_log", "theta_log", "gamma_log", "B_re", "B_im", "C_re", "C_im"] as const;

/**
 * `h[t] = lambda h[t-1] + exp(gamma_log) B u[t]`, `y[t] = Re(C h[t]) + D u[t]` with
 * `lambda = exp(-exp(nu_log) + i exp(theta_log))`, which no value of the parameters makes unstable. (Orvieto et al.
 * 2023, arXiv:2303.06349; NicolasZucchet/minimal-LRU `LRU`.)
 */
export class Lru implements Layer {
  readonly dModel: number;
  /** Complete. */
  readonly options: Readonly<Required<LruOptions>>;
  readonly #frame: Frame<"re" | "im">;
  readonly #parameters: Parameters;
  readonly #weights: Derived<Weights>;
  readonly #sources: readonly Resident[];
  #entering: LruState;

  constructor(options: LruOptions) {
    this.options = lruConfig(options);
    const { dModel, dHidden, dtype, seed } = this.options;
    this.dModel = dModel;
    this.#frame = { name: "Lru", dModel, dtype, state: { re: dHidden, im: dHidden }, cannot };
    this.#parameters = parametersFrom(engine(), dtype, lruParameters(this.options, random(seed)));
    this.#weights = new Derived((backend, parameters) => weightsOf(backend, this.options, parameters));
    this.#sources = sources.map((name) => this.#parameters[name]!.resident);
    this.#entering = zeroState(this.#frame, 1);
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<Record<string, Real>>): { y: Real; state: LruState } {
    const { batch, length, state, reset, lengths } = forwardArguments(this.#frame, u, dims, options);
    const y = zeros(this.options.dtype, u.length, "y");
    const leaving = zeroState(this.#frame, batch);
    this.#run(batch, length, { u, state, reset, lengths }, y, leaving);
    return { y, state: leaving };
  }

  step(u: Real, state: Record<string, Real>, options?: { dt?: Real; out?: Real }): { y: Real; state: LruState } {
    const { batch, y } = stepArguments(this.#frame, u, state, options);
    const own = state as LruState;
    if (this.#entering.re.length !== own.re.length) this.#entering = copyState(this.#frame, batch, own);
    this.#entering.re.set(own.re);
    this.#entering.im.set(own.im);
    this.#run(batch, 1, { u, state: this.#entering }, y, own);
    return { y, state: own };
  }

  initialState(batch: number): LruState {
    return initialState(this.#frame, batch);
  }

  parameters(): Record<string, Tensor> {
    return { ...this.#parameters };
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    loadInto("Lru", this.#parameters, parameters, options);
  }

  #run(
    batch: number,
    length: number,
    { u, state, reset, lengths }: { u: Real; state?: LruState | undefined; reset?: Uint8Array | undefined; lengths?: Int32Array | undefined },
    y: Real,
    leaving: LruState,
  ): void {
    const backend = engine();
    const { dModel, dHidden } = this.options;
    const { re, im, gain, zero, B, C } = this.#weights.of(backend, this.#sources);
    const inputs: Inputs = {
      u,
      B,
      C,
      D: this.#parameters["D"]!.resident,
      Lambda_re: re,
      Lambda_im: im,
      "gain.re": gain,
      "gain.im": zero,
      log_step: undefined,
      dt: undefined,
      "state.re": state?.re,
      "state.im": state?.im,
      reset,
      lengths,
    };
    backend.call("diagonalSsm", [batch, length, dModel, dHidden, dHidden, 0, 1, 1, 0], inputs, { y, "out.state.re": leaving.re, "out.state.im": leaving.im });
  }
}

const cannot: Frame["cannot"] = {
  dt: "the LRU is discrete from the start and has no step to multiply",
  convolution: 'the LRU mixes all features, so its kernel has dModel x dModel parts; use "scan"',
};

function weightsOf(backend: Engine, { dtype }: Required<LruOptions>, parameters: readonly Real[]): Weights {
  const [nu, theta, gamma, bRe, bIm, cRe, cIm] = parameters as [Real, Real, Real, Real, Real, Real, Real];
  const made = (length: number, value: (i: number) => number): Resident => {
    const array = backend.resident(dtype, length);
    const { data } = array;
    for (let i = 0; i < length; i++) data[i] = value(i);
    return array;
  };
  const radius = (i: number) => Math.exp(-Math.exp(nu[i]!));
  const paired = (re: Real, im: Real) => made(2 * re.length, (i) => (i % 2 === 0 ? re : im)[i >> 1]!);
  return {
    re: made(nu.length, (i) => radius(i) * Math.cos(Math.exp(theta[i]!))),
    im: made(nu.length, (i) => radius(i) * Math.sin(Math.exp(theta[i]!))),
    gain: made(nu.length, (i) => Math.exp(gamma[i]!)),
    zero: made(nu.length, () => 0),
    B: paired(bRe, bIm),
    C: paired(cRe, cIm),
  };
}
