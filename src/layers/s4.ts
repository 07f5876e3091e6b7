// S4: a state-space system of a diagonal plus low-rank matrix for every feature.
import type { Real, Tensor } from "../arrays.js";
import { engine } from "../backend/current.js";
import { ScanError } from "../error.js";
import { dplrInit, type DplrInitName, dplrInits, dplrRanks } from "../init/s4.js";
import { s4Parameters } from "../init/s4-parameters.js";
import { aCount, oneOf } from "../options.js";
import { random } from "../random.js";
import { dplrSystems } from "./dplr-systems.js";
import { bidirectional as bothWays, type Frame, initialState } from "./frame.js";
import type { Layer, LoadOptions } from "./layer.js";
import { loadInto, type Parameters, parametersFrom } from "./parameters.js";
import { S4Block, type S4ForwardOptions } from "./s4-block.js";
import { type S4BlockOptions, s4Config } from "./s4-config.js";
import type { S4State } from "./s4-states.js";
import { denseSystems, eigenSystems, type StepMode, stepModes } from "./step-modes.js";
import { continuous, expanded, type Systems } from "./systems.js";

/** Options of {@link S4}. */
export interface S4Options extends S4BlockOptions {
  /** How A, P and B begin; "fout" is the reference's other name of "fourier"; "legs". */
  init?: DplrInitName | "fout";
  /** Of the low-rank part: at least 2 for "legt"; 1. */
  rank?: number;
  /**
   * The form that `step` is computed in, the reference's `setup_step`; all give the same. "linear", the default, costs rank x
   * dState for each feature, "dense" dState^2, "diagonal" dState. With "diagonal" the scans are diagonal too and states are in
   * the basis of eigenvectors, so that no other layer can go on from them; a step whose eigenvectors are no good to compute in,
   * as those of "legs" with many states, is refused.
   */
  stepMode?: StepMode;
}

const more = { checks: { init: oneOf({ ...dplrInits, fout: true }), rank: aCount, stepMode: oneOf(stepModes) }, defaults: { init: "legs", rank: 1, stepMode: "linear" } as const };

/**
 * For every feature `x' = (A - P P^H) x + B u`, `y = 2 Re(C x) + D u`, made discrete by the bilinear rule, then GELU and a
 * gated linear layer over features. (Gu et al. 2022, arXiv:2111.00396; state-spaces/s4 `S4Block` with mode "dplr".)
 *
 * As in the reference, `layer.kernel.l_kernel` says what C is: 0, itself; above 0, the readout `C (I - A_bar^l_kernel)` that a
 * kernel of that length has. A `forward` never changes it.
 *
 * "scan" and "recurrent" are the recurrence, whose step is diagonal plus low rank as well; "convolution" is a kernel by Cauchy
 * sums and FFTs, "auto" takes it where it is cheaper and no state is asked for: in a bidirectional layer.
 */
export class S4 implements Layer {
  readonly dModel: number;
  readonly options: Required<S4Options>;
  readonly #frame: Frame<"re" | "im">;
  readonly #parameters: Parameters;
  readonly #block: S4Block;

  constructor(options: S4Options) {
    const config = s4Config("S4", options, more);
    const { dModel, dState, dtype, rank, stepMode } = config;
    this.options = config;
    this.dModel = dModel;
    this.#frame = frameOf(config);
    const init = config.init === "fout" ? "fourier" : config.init;
    if (rank < dplrRanks[init]) throw new ScanError("option", `S4: \`rank\` ${rank} is below the ${dplrRanks[init]} of \`init\` "${init}"`);
    this.#parameters = parametersFrom(engine(), dtype, s4Parameters(config, dplrInit(init, dState, rank), random(config.seed)));
    this.#block = new S4Block(config, this.#frame, this.#parameters, {
      kept: stepMode === "diagonal" ? dState : dState / 2,
      make: (rate) => this.#systems(rate),
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

  /** Zeros: two planes [batch, dModel, dState]; of each system first the states that are kept, then their conjugates. */
  initialState(batch: number): S4State {
    return initialState(this.#frame, batch);
  }

  parameters(): Record<string, Tensor> {
    return { ...this.#parameters };
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    loadInto("S4", this.#parameters, parameters, options);
  }

  #systems(rate: number): Systems {
    const { dModel, dState, dtype, nSsm, rank, stepMode } = this.options;
    const states = dState / 2;
    const cut = this.#parameters["layer.kernel.l_kernel"]!.data[0]!;
    if (!Number.isSafeInteger(cut) || cut < 0) throw new ScanError("file", `S4: \`layer.kernel.l_kernel\` must be a whole number of at least 0, got ${cut}`);
    const unscaled = continuous(this.#parameters, this.options, 1);
    const systems = rate === 1 ? unscaled : continuous(this.#parameters, this.options, rate);
    const low = { rank, P: expanded(this.#parameters, "P", dModel, nSsm, states), cut, unscaled };
    const found = dplrSystems(systems, low, states);
    if (stepMode === "diagonal") return eigenSystems(found, states, dtype);
    return stepMode === "dense" ? { ...found, stepping: () => denseSystems(found, states) } : found;
  }
}

function frameOf({ dModel, dState, dtype, bidirectional }: Required<S4Options>): Frame<"re" | "im"> {
  const states = dModel * dState;
  const dt = "its steps are those of its parameters; give `rate` for samples of another distance";
  return { name: "S4", dModel, dtype, state: { re: states, im: states }, cannot: { dt, ...(bidirectional && bothWays) } };
}
