// Blocks of Mamba or Mamba-2 one after the other: `h + mixer(norm(h))`.
import type { Real, Resident } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import type { MambaConfig, Mamba2Config } from "../layers/mamba-config.js";
import { MambaMixer } from "../layers/mamba-mixer.js";
import { Mamba2Mixer } from "../layers/mamba2-mixer.js";
import type { Mixer, MixerState, MixerSteps } from "../layers/mixer.js";
import type { Parameters } from "../layers/parameters.js";
import { norm, pointwise } from "../layers/rows.js";
import type { Scratch } from "../layers/scratch.js";

/** What the blocks are made of. */
export type MixerConfig = { name: "Mamba"; options: MambaConfig } | { name: "Mamba2"; options: Mamba2Config };

export type State = Record<string, Real>;

/** Steps, with the states of all blocks behind `layers.0.` and so on. */
export interface BlocksSteps extends Omit<MixerSteps, "u" | "state"> {
  state?: State | undefined;
  /** Is told what leaves each block, [batch, length, dModel]. */
  watch?: ((h: Resident) => void) | undefined;
}

/** Weights by transformers' names: `backbone.layers.0.norm.weight`, `backbone.layers.0.mixer.*` and so on. */
export class MambaBlocks {
  /** Elements of each array of the state of one sequence: `layers.0.conv`, `layers.0.ssm` and so on. */
  readonly state: Readonly<Record<string, number>>;
  readonly #blocks: readonly { mixer: Mixer; norm: string; conv: string; ssm: string }[];
  readonly #weights: Parameters;
  readonly #scratch: Scratch;
  readonly #width: number;
  readonly #epsilon: number;

  constructor({ name, options }: MixerConfig, nLayers: number, epsilon: number, weights: Parameters, scratch: Scratch) {
    this.#weights = weights;
    this.#scratch = scratch;
    this.#width = options.dModel;
    this.#epsilon = epsilon;
    this.#blocks = Array.from({ length: nLayers }, (_, i) => {
      const prefix = `backbone.layers.${i}.`;
      const mixer = name === "Mamba" ? new MambaMixer(options, weights, `${prefix}mixer.`, scratch) : new Mamba2Mixer(options, weights, `${prefix}mixer.`, scratch);
      return { mixer, norm: `${prefix}norm.weight`, conv: `layers.${i}.conv`, ssm: `layers.${i}.ssm` };
    });
    this.state = Object.fromEntries(this.#blocks.flatMap(({ mixer, conv, ssm }) => [[conv, mixer.state.conv], [ssm, mixer.state.ssm]]));
  }

  /** From h, [batch, length, dModel], to what leaves the last block, in one of two arrays; fills the states that leave. */
  run(h: Resident, { state, watch, ...steps }: BlocksSteps, leaving: State): Resident {
    return this.#through(steps.engine, h, (mixer, u, y, { conv, ssm }) => {
      const entering = state && { conv: state[conv]!, ssm: state[ssm]! };
      mixer.run({ ...steps, u, state: entering }, y, { conv: leaving[conv]!, ssm: leaving[ssm]! });
    }, watch);
  }

  /** The same for one step, h: [batch, dModel]; moves the states. */
  step(engine: Engine, batch: number, h: Resident, state: State): Resident {
    const own: MixerState = { conv: new Float32Array(0), ssm: new Float32Array(0) };
    return this.#through(engine, h, (mixer, u, y, { conv, ssm }) => {
      own.conv = state[conv]!;
      own.ssm = state[ssm]!;
      mixer.step(engine, batch, u, own, y);
    });
  }

  #through(engine: Engine, h: Resident, apply: (mixer: Mixer, u: Resident, y: Resident, names: { conv: string; ssm: string }) => void, watch?: (h: Resident) => void): Resident {
    const array = (name: string) => this.#scratch.array(engine, name, h.length);
    const [normal, mixed, other] = [array("normal h"), array("mixed"), array("other h")];
    let [now, next] = [h, other];
    for (const block of this.#blocks) {
      norm(engine, { kind: "rms", rows: h.length / this.#width, width: this.#width, epsilon: this.#epsilon }, { x: now, scale: this.#weights[block.norm]!.resident }, normal);
      apply(block.mixer, normal, mixed, block);
      pointwise(engine, "identity", { x: mixed, plus: now }, next);
      [now, next] = [next, now];
      watch?.(now);
    }
    return now;
  }
}
