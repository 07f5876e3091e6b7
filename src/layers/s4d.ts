// S4D: a diagonal state-space system for every feature.
import type { Real, Tensor } from "../arrays.js";
import { engine } from "../backend/current.js";
import { type DiagonalInitName, diagonalInit, diagonalInits } from "../init/s4.js";
import { s4Parameters } from "../init/s4-parameters.js";
import { aBoolean, oneOf } from "../options.js";
import { random } from "../random.js";
import { diagonalSystems, type Discretization, discretizations } from "./diagonal-systems.js";
import { bidirectional as bothWays, type Frame, initialState } from "./frame.js";
import type { Layer, LoadOptions } from "./layer.js";
import { loadInto, type Parameters, parametersFrom } from "./parameters.js";
import { S4Block, type S4ForwardOptions } from "./s4-block.js";
import { type S4BlockOptions, s4Config, statesOf } from "./s4-config.js";
import { sampled } from "./s4d-sampled.js";
import type { S4State } from "./s4-states.js";
import { continuous } from "./systems.js";

/** Options of {@link S4D}. */
export interface S4DOptions extends S4BlockOptions {
  /** How A begins, also by the reference's names "diag-lin" and so on; "legs". */
  init?: DiagonalInitName | `diag-${DiagonalInitName}`;
  /** "zoh"; "dss" is a convolution alone. */
  disc?: Discretization;
  /**
   * Whether all `dState` states are real: A, B and C are the real parts of what `init` says, parameters have no imaginary
   * parts, and those of the states stay 0; false.
   */
  isReal?: boolean;
}

const spelled = Object.fromEntries(Object.keys(diagonalInits).flatMap((name) => [[name, true], [`diag-${name}`, true]]));
const more = { checks: { init: oneOf(spelled), disc: oneOf(discretizations), isReal: aBoolean }, defaults: { init: "legs", disc: "zoh", isReal: false } as const };

/**
 * For every feature `x[t] = a x[t-1] + b u[t]`, `y[t] = 2 Re(C x[t]) + D u[t]` with dState / 2 complex states, then GELU and
 * a gated linear layer over features. (Gu et al. 2022, arXiv:2206.11893; state-spaces/s4 `S4Block` with mode "diag".)
 *
 * With `dt` every step is made discrete at its multiplier times the layer's own.
 *
 * "scan" and "recurrent" are the recurrence; "convolution" is a kernel and FFTs, "auto" takes it where it is cheaper and no
 * state is asked for: in a bidirectional layer.
 */
export class S4D implements Layer {
  readonly dModel: number;
  readonly options: Required<S4DOptions>;
  readonly #frame: Frame<"re" | "im">;
  readonly #parameters: Parameters;
  readonly #block: S4Block;

  constructor(options: S4DOptions) {
    const config = s4Config("S4D", options, more);
    const { dModel, dState, dtype, disc, isReal } = config;
    const states = statesOf(config);
    this.options = config;
    this.dModel = dModel;
    this.#frame = frameOf(config);
    const init = config.init.replace("diag-", "") as DiagonalInitName;
    this.#parameters = parametersFrom(engine(), dtype, s4Parameters(config, diagonalInit(init, isReal ? 2 * dState : dState), random(config.seed)));
    const own = this.#parameters;
    this.#block = new S4Block(config, this.#frame, own, {
      kept: states,
      make: (rate) => diagonalSystems(continuous(own, config, rate), states, disc),
      sampled: (backend, rate, call, mixed, leaving) =>
        sampled(backend, dtype, continuous(own, config, rate), disc === "bilinear", { ...call, D: own["layer.D"]!.data.slice() }, mixed, leaving),
    });
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: S4ForwardOptions): { y: Real; state: S4State } {
    return this.#block.forward(u, dims, options);
  }

  step(u: Real, state: Record<string, Real>, options?: { dt?: Real; out?: Real }): { y: Real; state: S4State } {
    return this.#block.step(u, state, options);
  }

  /** The convolution kernel, [heads, dModel, length], without D; heads are `channels`, twice as many if bidirectional. */
  kernel(length: number, options?: { rate?: number }): Real {
    return this.#block.kernel(length, options);
  }

  /** Zeros: two planes [batch, dModel, dState / 2], of real states [batch, dModel, dState]. */
  initialState(batch: number): S4State {
    return initialState(this.#frame, batch);
  }

  parameters(): Record<string, Tensor> {
    return { ...this.#parameters };
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    loadInto("S4D", this.#parameters, parameters, options);
  }
}

function frameOf(config: Required<S4DOptions>): Frame<"re" | "im"> {
  const { dModel, dtype, bidirectional, disc } = config;
  const states = dModel * statesOf(config);
  const alone = 'the kernel of `disc` "dss" depends on its length, so there is no recurrence';
  const backwards = "a layer that runs both ways takes steps of one size; give `rate` for samples of another distance";
  const cannot = {
    ...(bidirectional && { ...bothWays, dt: backwards }),
    ...(disc === "dss" && { dt: alone, state: alone, step: alone, scan: alone, recurrent: alone, reset: alone }),
  };
  return { name: "S4D", dModel, dtype, state: { re: states, im: states }, cannot };
}
