// What Mamba and Mamba-2 share as layers: checks, padding, parameters, states.
import { type Real, type Tensor, zeros } from "../arrays.js";
import { engine } from "../backend/current.js";
import { forwardArguments, type Frame, initialState, stepArguments, zeroState } from "./frame.js";
import type { ForwardOptions, LoadOptions } from "./layer.js";
import type { Mixer, MixerState } from "./mixer.js";
import { checkStarts, Packing } from "./packing.js";
import { loadInto, type Parameters, parametersFrom } from "./parameters.js";
import { Scratch } from "./scratch.js";

/** Options of `forward` of Mamba and Mamba-2. */
export interface MambaForwardOptions extends ForwardOptions<Record<string, Real>> {
  /**
   * The first valid step of each left-padded sequence, [batch]: what transformers' `attention_mask` says. `lengths` then
   * are where valid steps end. y is zero in padding, and what stands there is not read.
   */
  starts?: Int32Array;
}

/** What tells one layer from the other. */
export interface MixerKind {
  /** The name of the class, which errors begin with. */
  name: string;
  dModel: number;
  dtype: Frame["dtype"];
  /** The initial parameters. */
  initial: Record<string, Tensor>;
  mixer(weights: Parameters, scratch: Scratch): Mixer;
}

/** A mixer with its parameters. */
export class MixerLayer {
  readonly parameters: Parameters;
  readonly #frame: Frame<"conv" | "ssm">;
  readonly #mixer: Mixer;
  readonly #scratch: Scratch;

  constructor({ name, dModel, dtype, initial, mixer }: MixerKind) {
    this.parameters = parametersFrom(engine(), dtype, initial);
    this.#scratch = new Scratch(dtype);
    this.#mixer = mixer(this.parameters, this.#scratch);
    this.#frame = { name, dModel, dtype, state: this.#mixer.state, cannot };
  }

  forward(u: Real, dims: { batch: number; length: number }, options: MambaForwardOptions | undefined): { y: Real; state: MixerState } {
    const { starts, ...others } = options ?? {};
    const call = forwardArguments(this.#frame, u, dims, options === undefined || typeof options !== "object" ? options : others);
    const { batch, length, state, reset, lengths } = call;
    const y = zeros(this.#frame.dtype, u.length, "y");
    const leaving = zeroState(this.#frame, batch);
    if (starts === undefined && lengths === undefined) {
      this.#mixer.run({ engine: engine(), u, batch, length, state, reset }, y, leaving);
    } else {
      checkStarts({ batch, length, starts, lengths });
      this.#padded(u, { ...call, starts }, y, leaving);
    }
    return { y, state: leaving };
  }

  step(u: Real, state: Record<string, Real>, options: { dt?: Real; out?: Real } | undefined): { y: Real; state: MixerState } {
    const { batch, y } = stepArguments(this.#frame, u, state, options);
    this.#mixer.step(engine(), batch, u, state as MixerState, y);
    return { y, state: state as MixerState };
  }

  initialState(batch: number): MixerState {
    return initialState(this.#frame, batch);
  }

  load(parameters: Record<string, Tensor>, options: LoadOptions | undefined): void {
    loadInto(this.#frame.name, this.parameters, parameters, options);
  }

  #padded(u: Real, call: { batch: number; length: number; starts?: Int32Array | undefined; lengths?: Int32Array | undefined; state?: MixerState | undefined; reset?: Uint8Array | undefined }, y: Real, leaving: MixerState): void {
    const packing = new Packing(call);
    const { total, cuSeqlens } = packing;
    const { dModel } = this.#frame;
    const own = packing.pack(u, dModel, this.#scratch.ordinary("packed u", total * dModel));
    const reset = call.reset && packing.pack(call.reset, 1, new Uint8Array(total));
    const made = this.#scratch.ordinary("packed y", total * dModel);
    this.#mixer.run({ engine: engine(), u: own, batch: 1, length: total, state: call.state, reset, cuSeqlens }, made, leaving);
    packing.unpack(made, dModel, y);
  }
}

const cannot: Frame["cannot"] = {
  dt: "step sizes are computed from the input",
  convolution: "what the recurrence does depends on the input, so there is no kernel",
};
