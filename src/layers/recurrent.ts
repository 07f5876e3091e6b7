// Layers whose states pass from step to step: `forward` and `step` from one function.
import { dataOf, type Input, type Real, zeros } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import { engine } from "../backend/current.js";
import { type Frame, type Forward, forwardArguments, initialState, type State, stepArguments, zeroState } from "./frame.js";
import type { ForwardOptions } from "./layer.js";

type AnyState = Record<string, Real>;

/** Steps of `batch` sequences, all of them valid. */
export interface Steps<K extends string> extends Pick<Forward<K>, "batch" | "length" | "state" | "reset"> {
  engine: Engine;
  /** [batch, length, dModel] */
  u: Real;
}

/** What a layer makes of {@link Steps}. */
export interface Made<K extends string> {
  /** [batch, length, dOutput] */
  y: Real;
  /** The states after the last step. */
  leaving: State<K>;
}

/** Fills what a layer makes of steps; returns all states `h`, [batch, length, states], which may be `y` itself. */
export type Run<K extends string> = (steps: Steps<K>, made: Made<K>) => Input;

/** A layer with a plane `h` in its state, and perhaps others. */
export class Recurrent<K extends string = "h"> {
  readonly frame: Frame<K | "h">;
  readonly #run: Run<K | "h">;
  readonly #keys: readonly (K | "h")[];
  #leaving: State<K | "h">;

  constructor(frame: Frame<K | "h">, run: Run<K | "h">) {
    this.frame = frame;
    this.#run = run;
    this.#keys = Object.keys(frame.state) as (K | "h")[];
    this.#leaving = zeroState(frame, 1);
  }

  forward(u: Real, dims: { batch: number; length: number }, options: ForwardOptions<AnyState> | undefined): { y: Real; state: State<K | "h"> } {
    const call = forwardArguments(this.frame, u, dims, options);
    const { batch, length } = call;
    const { dModel, dOutput = dModel, dtype } = this.frame;
    const made = { y: zeros(dtype, batch * length * dOutput, "y"), leaving: zeroState(this.frame, batch) };
    const h = this.#run({ ...call, engine: engine(), u }, made);
    if (call.lengths !== undefined) this.#endEarly(call, call.lengths, h, made);
    return { y: made.y, state: made.leaving };
  }

  step(u: Real, state: AnyState, options: { dt?: Real; out?: Real } | undefined): { y: Real; state: State<K | "h"> } {
    const { batch, y } = stepArguments(this.frame, u, state, options);
    const entering = state as State<K | "h">;
    if (this.#leaving.h.length !== entering.h.length) this.#leaving = zeroState(this.frame, batch);
    this.#run({ engine: engine(), u, batch, length: 1, state: entering }, { y, leaving: this.#leaving });
    for (const key of this.#keys) entering[key].set(this.#leaving[key]);
    return { y, state: entering };
  }

  initialState(batch: number): State<K | "h"> {
    return initialState(this.frame, batch);
  }

  /** Takes states from the last valid steps; padding, which what comes before it does not depend on, gives zero. */
  #endEarly({ length, state }: Forward<K | "h">, lengths: Int32Array, h: Input, { y, leaving }: Made<K | "h">): void {
    const { dModel, dOutput = dModel, state: sizes } = this.frame;
    const all = dataOf(h);
    lengths.forEach((valid, n) => {
      const last = n * length + valid;
      if (valid === 0) {
        for (const key of this.#keys) {
          const own = leaving[key].subarray(n * sizes[key], (n + 1) * sizes[key]);
          if (state === undefined) own.fill(0);
          else own.set(state[key].subarray(n * sizes[key], (n + 1) * sizes[key]));
        }
      } else if (valid < length) {
        leaving.h.set(all.subarray((last - 1) * sizes.h, last * sizes.h), n * sizes.h);
      }
      y.fill(0, last * dOutput, (n + 1) * length * dOutput);
    });
  }
}

/** Why a layer whose gates depend on its input has no steps of its own to stretch, and no kernel. */
export const gated: Frame["cannot"] = {
  dt: "the layer has no step size; its gates say how fast states decay",
  convolution: "the gates depend on the input, so there is no kernel",
};
