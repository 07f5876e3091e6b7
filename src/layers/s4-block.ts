// What S4 and S4D are made of: systems of single features, an activation, weights over all features.
import { type Input, type Real, type Resident, zeros } from "../arrays.js";
import { type Engine, flag } from "../backend/backend.js";
import { engine } from "../backend/current.js";
import { checkDims } from "../dims.js";
import { aPositive, checkOptions } from "../options.js";
import { beginsAsEnds } from "./backward.js";
import { clearPadding } from "./composed.js";
import { type Forward, forwardArguments, type Frame, stepArguments, zeroState } from "./frame.js";
import type { ForwardOptions } from "./layer.js";
import type { Parameters } from "./parameters.js";
import { type Placed, S4Cache } from "./s4-cache.js";
import type { S4Config } from "./s4-config.js";
import { output } from "./s4-output.js";
import { type Kept, type S4State, S4States } from "./s4-states.js";
import type { Sampled } from "./s4d-sampled.js";
import { isByKernel, limitOf } from "./s4-way.js";
import { Scratch } from "./scratch.js";
import type { Systems } from "./systems.js";

/** Options of `forward`, and the rate of this call's samples. */
export interface S4ForwardOptions extends ForwardOptions<Record<string, Real>> {
  /** A multiplier of all steps, instead of the constructor's. */
  rate?: number;
}

type Run = Pick<Forward<"re" | "im">, "batch" | "length" | "dt" | "reset" | "lengths"> & { rate: number };

/** How a layer makes its systems. */
export interface S4Making {
  /** States of a system where kernels run. */
  kept: number;
  /** Discrete ones at a rate. */
  make(rate: number): Systems;
  /** Runs those of steps of their own sizes; where there is none `dt` is refused before. */
  sampled?(engine: Engine, rate: number, call: Omit<Sampled, "D">, mixed: Resident, leaving: Record<"re" | "im", Resident>): void;
}

/** The shared part of both layers. */
export class S4Block {
  readonly #config: S4Config;
  readonly #frame: Frame<"re" | "im">;
  readonly #own: Parameters;
  readonly #making: S4Making;
  readonly #cache: S4Cache;
  readonly #scratch: Scratch;
  readonly #states: S4States;

  constructor(config: S4Config, frame: Frame<"re" | "im">, own: Parameters, making: S4Making) {
    this.#config = config;
    this.#frame = frame;
    this.#own = own;
    this.#cache = new S4Cache(config.dtype, (rate) => making.make(rate));
    this.#scratch = new Scratch(config.dtype);
    this.#making = making;
    this.#states = new S4States(config.dModel, making.kept, this.#scratch, frame.state.re > config.dModel * making.kept);
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: S4ForwardOptions): { y: Real; state: S4State } {
    const { rate, rest } = this.#rate(options);
    const call = forwardArguments(this.#frame, u, dims, rest);
    const { batch, length, state } = call;
    const { cannot } = this.#frame;
    const backend = engine();
    const byKernel = isByKernel(this.#frame, this.#config, this.#cache.systems(backend, this.#own, rate).systems.rank, call, rate);
    const run = { ...call, rate };
    const entering = state && this.#states.enter(backend, state, batch);
    const leaving = this.#states.leaving(backend, batch);
    const mixed = byKernel ? this.#convolve(backend, u, run, entering, leaving) : this.#scan(backend, u, run, entering, leaving);
    const y = zeros(this.#config.dtype, u.length, "y");
    output(backend, this.#scratch, this.#config, this.#own, batch * length, mixed, y);
    clearPadding(y, this.#config.dModel, call);
    if (cannot.state !== undefined) return { y, state: zeroState(this.#frame, 0) };
    const left = zeroState(this.#frame, batch);
    this.#states.leave(leaving, left);
    return { y, state: left };
  }

  step(u: Real, state: Record<string, Real>, options?: { dt?: Real; out?: Real }): { y: Real; state: S4State } {
    const { batch, y, dt } = stepArguments(this.#frame, u, state, options);
    const backend = engine();
    const entering = this.#states.enter(backend, state as S4State, batch);
    const leaving = this.#states.leaving(backend, batch);
    const { rate } = this.#config;
    const placed = dt === undefined ? this.#cache.stepping(backend, this.#own, rate) : undefined;
    const mixed = this.#scan(backend, u, { batch, length: 1, rate, dt }, entering, leaving, placed);
    output(backend, this.#scratch, this.#config, this.#own, batch, mixed, y);
    this.#states.leave(leaving, state as S4State);
    return { y, state: state as S4State };
  }

  /** The first `length` outputs of an impulse, [heads, dModel, length]; without the skip. */
  kernel(length: number, options?: { rate?: number }): Real {
    checkDims({ length }, ["length"]);
    const { rate } = this.#rate(options, `${this.#frame.name}.kernel`);
    const { systems } = this.#cache.systems(engine(), this.#own, rate);
    const kernel = systems.kernel(length);
    return this.#config.dtype === "float64" ? kernel : new Float32Array(kernel);
  }

  #rate<T extends { rate?: number }>(options: T | undefined, call = `${this.#frame.name}.forward`): { rate: number; rest: Omit<T, "rate"> | undefined } {
    if (typeof options !== "object" || options === null) return { rate: this.#config.rate, rest: options };
    const { rate, ...rest } = options;
    checkOptions(call, { rate }, { rate: aPositive });
    return { rate: rate ?? this.#config.rate, rest };
  }

  /** Outputs of all heads, [rows, channels, dModel], by the recurrence. */
  #scan(backend: Engine, u: Real, run: Run, entering: Kept | undefined, leaving: Record<"re" | "im", Resident>, stepping?: Placed): Resident {
    const { channels, bidirectional, dModel } = this.#config;
    const { batch, length, dt, reset, lengths } = run;
    if (dt !== undefined && length > 0 && this.#making.sampled !== undefined) {
      const all = this.#scratch.array(backend, "mixed", batch * length * channels * dModel);
      this.#making.sampled(backend, run.rate, { batch, length, u, dt, entering, reset, lengths }, all, leaving);
      return all;
    }
    const placed = stepping ?? this.#cache.systems(backend, this.#own, run.rate);
    const back = { ...run, reset: reset && beginsAsEnds(reset, batch, length) };
    return this.#heads(backend, batch * length, (head, y) => {
      this.#recur(backend, placed, head, { u, y, run, entering, leaving });
      if (!bidirectional) return;
      this.#recur(backend, placed, channels + head, { u, y, run: back, entering: undefined, leaving }, flag.reverse | flag.adds | flag.shifted);
    });
  }

  /** The same by kernels; what enters and what leaves is as the recurrence has it. */
  #convolve(backend: Engine, given: Real, run: Run, entering: Kept | undefined, leaving: Kept): Resident {
    const { channels, bidirectional, dModel } = this.#config;
    const { batch, length, rate, lengths } = run;
    const placed = this.#cache.systems(backend, this.#own, rate);
    const taps = Math.min(length, limitOf(this.#config, rate));
    const kernels = this.#cache.kernel(backend, this.#own, rate, taps);
    const u = this.#scratch.array(backend, "u", given.length);
    u.data.set(given);
    if (lengths !== undefined) clearPadding(u.data, dModel, { length, lengths });
    const numbers = [batch, length, dModel, taps];
    const isKernelAlone = this.#frame.cannot.scan !== undefined;
    if (!bidirectional && !isKernelAlone) {
      const y = this.#scratch.array(backend, "unread", given.length);
      this.#recur(backend, placed, 0, { u, y, run, entering, leaving });
    }
    const mixed = this.#heads(backend, batch * length, (head, y) => {
      backend.call("fftConv", [...numbers, 0], { u, kernel: kernels[head]! }, { "out.y": y });
      if (bidirectional) {
        const flags = flag.reverse | flag.adds | flag.shifted;
        backend.call("fftConv", [...numbers, flags], { u, kernel: kernels[channels + head]! }, { "out.y": y });
      } else if (entering !== undefined) {
        const still = this.#scratch.array(backend, "still", given.length);
        still.data.fill(0);
        const unused = { re: this.#scratch.array(backend, "unused.re", leaving.re.length), im: this.#scratch.array(backend, "unused.im", leaving.im.length) };
        this.#recur(backend, placed, head, { u: still, y, run, entering, leaving: unused }, flag.adds);
      }
    });
    return mixed;
  }

  /** Calls `fill` for every head with room for its outputs [rows, dModel]; all of them side by side. */
  #heads(backend: Engine, rows: number, fill: (head: number, y: Resident) => void): Resident {
    const { channels, dModel } = this.#config;
    const mixed = this.#scratch.array(backend, "mixed", rows * channels * dModel);
    if (channels === 1) {
      fill(0, mixed);
      return mixed;
    }
    const own = this.#scratch.array(backend, "head", rows * dModel);
    for (let head = 0; head < channels; head++) {
      fill(head, own);
      const [from, to] = [own.data, mixed.data];
      for (let row = 0; row < rows; row++) to.set(from.subarray(row * dModel, (row + 1) * dModel), (row * channels + head) * dModel);
    }
    return mixed;
  }

  #recur(backend: Engine, { systems, a, b, c, p, q }: Placed, head: number, { u, y, run, entering, leaving }: { u: Input; y: Resident; run: Run; entering: Kept | undefined; leaving: Kept }, flags = 0): void {
    const { dModel, channels } = this.#config;
    const { batch, length, reset, lengths } = run;
    const skips = flags === 0 && head < channels;
    const D = skips ? this.#scratch.array(backend, "D", dModel) : undefined;
    D?.data.set(this.#own["layer.D"]!.data.subarray(head * dModel, (head + 1) * dModel));
    const { re, im } = c[head]!;
    // In one piece: a step is short, and objects spread into another take a part of it.
    const inputs = {
      u,
      "a.re": a.re, "a.im": a.im,
      "b.re": b.re, "b.im": b.im,
      "c.re": re, "c.im": im, D,
      "p.re": p.re, "p.im": p.im,
      "q.re": q.re, "q.im": q.im,
      "state.re": entering?.re, "state.im": entering?.im,
      reset,
      lengths,
    };
    const numbers = [batch, length, dModel, this.#making.kept, systems.rank, systems.scale, flags];
    backend.call("sisoSsm", numbers, inputs, { "out.y": y, "out.state.re": leaving.re, "out.state.im": leaving.im });
  }
}
