// The textbook SSM: a continuous system with a dense A, discretised.
import { type Input, type Real, type Resident, type Tensor, zeros } from "../arrays.js";
import { type Engine, flag } from "../backend/backend.js";
import { engine } from "../backend/current.js";
import { checkDims } from "../dims.js";
import { ScanError } from "../error.js";
import { ssmParameters } from "../init/ssm.js";
import { random } from "../random.js";
import { clearPadding } from "./composed.js";
import { type Continuous, type DiscreteSystem, SampledSystems, stretches, SystemDiscretizer } from "./discrete-system.js";
import { type Forward, forwardArguments, type Frame, initialState, stepArguments, zeroState } from "./frame.js";
import type { ForwardOptions, Layer, LoadOptions } from "./layer.js";
import { loadInto, type Parameters, parametersFrom } from "./parameters.js";
import { dense } from "./rows.js";
import { Scratch } from "./scratch.js";
import { type SsmConfig, ssmConfig, type SsmOptions } from "./ssm-config.js";

export type { SsmInit, SsmOptions } from "./ssm-config.js";

type AnyState = Record<string, Real>;
type Scanned = Pick<Forward<"x">, "batch" | "length" | "state" | "reset" | "lengths">;

/** States of {@link Ssm}: [batch, stateSize]. */
export type SsmState = Record<"x", Real>;

/**
 * The textbook state-space model `x' = A x + B u`, `y = C x + D u` of all features together, discretised at one learned
 * step: `x[t] = A_bar x[t-1] + B_bar u[t]`. Parameters: A [stateSize, stateSize], B [stateSize, dModel], C [dModel,
 * stateSize], D [dModel], which skips feature by feature, and log_step [1].
 *
 * Of one feature and a HiPPO init the states are HiPPO's coefficients. Of many features B begins as HiPPO's times a random
 * mix of them, so that the states remember the mix.
 *
 * Three views of one layer: the modes "scan", "auto" and "recurrent" run the recurrence (they are one), "convolution" sums
 * the inputs weighted by {@link Ssm.kernel}, by Fourier transforms where there are many; it refuses `reset` and `dt`. With `dt` the system is discretised anew wherever the multiplier changes: a matrix exponential for "zoh".
 */
export class Ssm implements Layer {
  readonly dModel: number;
  /** The constructor's, complete but for a `dt` that was not given. */
  readonly options: Readonly<SsmConfig>;
  readonly #frame: Frame<"x">;
  readonly #parameters: Parameters;
  readonly #discretizer: SystemDiscretizer;
  readonly #scratch: Scratch;
  #entering: SsmState;

  constructor(options: SsmOptions) {
    const config = ssmConfig(options);
    const { dModel, stateSize, dtype } = config;
    this.options = config;
    this.dModel = dModel;
    this.#frame = { name: "Ssm", dModel, dtype, state: { x: stateSize }, cannot: {} };
    this.#parameters = parametersFrom(engine(), dtype, ssmParameters(config, random(config.seed)));
    this.#discretizer = new SystemDiscretizer(config.discretization, config.stateSize, dtype);
    this.#scratch = new Scratch(dtype);
    this.#entering = zeroState(this.#frame, 1);
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<AnyState>): { y: Real; state: SsmState } {
    const call = forwardArguments(this.#frame, u, dims, options);
    const refused = call.mode === "convolution" ? (["reset", "dt"] as const).find((name) => call[name] !== undefined) : undefined;
    if (refused !== undefined) throw new ScanError("unsupported", `Ssm.forward: \`${refused}\`: a convolution has one kernel for all steps; use "scan"`);
    const y = zeros(this.options.dtype, u.length, "y");
    const state = zeroState(this.#frame, call.batch);
    if (call.dt !== undefined) this.#sampled(u, y, call, call.dt, state.x);
    else this.#scan(engine(), u, y, call, state.x);
    if (call.lengths !== undefined && call.dt === undefined) this.#lastValid(call.lengths, call, state.x);
    if (call.mode === "convolution") this.#convolve(engine(), u, y, call);
    this.#skip(u, y);
    clearPadding(y, this.dModel, call);
    return { y, state };
  }

  step(u: Real, state: AnyState, options?: { dt?: Real; out?: Real }): { y: Real; state: SsmState } {
    const { batch, y, dt } = stepArguments(this.#frame, u, state, options);
    const { x } = state as SsmState;
    if (this.#entering.x.length !== x.length) this.#entering = zeroState(this.#frame, batch);
    this.#entering.x.set(x);
    const call = { batch, length: 1, state: this.#entering };
    if (dt === undefined) this.#scan(engine(), u, y, call, x);
    else this.#sampled(u, y, call, dt.length === batch ? dt : new Array<number>(batch).fill(dt[0]!), x);
    this.#skip(u, y);
    return { y, state: state as SsmState };
  }

  initialState(batch: number): SsmState {
    return initialState(this.#frame, batch);
  }

  /** The first `length` responses to an impulse, `C A_bar^l B_bar`: [dModel, dModel, length] by output, input and lag; without D. */
  kernel(length: number): Tensor {
    checkDims({ length }, ["length"]);
    const { dModel, dtype } = this.options;
    const data = zeros(dtype, dModel * dModel * length, "kernel");
    const responses = this.#responses(engine(), length);
    for (let at = 0; at < data.length; at++) {
      const [output, input, lag] = [Math.floor(at / length / dModel), Math.floor(at / length) % dModel, at % length];
      data[at] = responses[(input * length + lag) * dModel + output]!;
    }
    return { dims: [dModel, dModel, length], data };
  }

  parameters(): Record<string, Tensor> {
    return { ...this.#parameters };
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    loadInto("Ssm", this.#parameters, parameters, options);
  }

  /** The discrete system. */
  #system(engine: Engine): Record<"A" | "B", Resident> {
    return this.#discretizer.of(engine, this.#continuous);
  }

  get #continuous(): Continuous {
    const [A, B, logStep] = ["A", "B", "log_step"].map((name) => this.#parameters[name]!.resident) as [Resident, Resident, Resident];
    return { A, B, logStep };
  }

  /** Fills `y` with `C x` for all steps, and `leaving` with the state after all of them; of another system where one is given. */
  #scan(engine: Engine, u: Real, y: Real, { batch, length, state, reset }: Scanned, leaving: Real, system?: DiscreteSystem): void {
    const { dModel, stateSize } = this.options;
    const rows = batch * length;
    const { A, B } = system ?? this.#system(engine);
    const b = this.#scratch.array(engine, "b", rows * stateSize);
    dense(engine, { rows, inputs: dModel, outputs: stateSize }, { x: u, weight: B }, b);
    this.#read(engine, [batch, length], { A, b, state: state?.x, reset }, y, leaving);
  }

  /** The same for steps of their own sizes, one stretch of steps of one size after the other; only valid steps are taken. */
  #sampled(u: Real, y: Real, { batch, length, state, reset, lengths }: Scanned, dt: ArrayLike<number>, leaving: Real): void {
    const { dModel, stateSize } = this.options;
    const systems = new SampledSystems(this.options, this.#continuous);
    for (let n = 0; n < batch; n++) {
      const own = leaving.subarray(n * stateSize, (n + 1) * stateSize);
      own.set(state?.x.subarray(n * stateSize, (n + 1) * stateSize) ?? own);
      const first = dt.length === length ? 0 : n * length;
      for (const [from, to] of stretches(dt, first, lengths?.[n] ?? length)) {
        const rows = [(n * length + from) * dModel, (n * length + to) * dModel] as const;
        const part = { batch: 1, length: to - from, state: { x: own.slice() }, reset: reset?.subarray(n * length + from, n * length + to) };
        this.#scan(engine(), u.subarray(...rows), y.subarray(...rows), part, own, systems.at(engine(), dt[first + from]!));
      }
    }
  }

  /** The recurrence of the states with inputs `b` [batch, length, stateSize], read out into `y`. */
  #read(engine: Engine, [batch, length]: [number, number], { A, b, state, reset }: { A: Input; b: Input; state?: Real | undefined; reset?: Uint8Array | undefined }, y: Input, leaving: Real): void {
    const { dModel, stateSize } = this.options;
    const h = this.#scratch.array(engine, "h", batch * length * stateSize);
    const numbers = [batch, length, stateSize, engine.deterministic ? flag.deterministic : 0];
    const inputs = { A, b, state, reset, cuSeqlens: undefined };
    engine.call("matrixScan", numbers, inputs, { "out.h": h, "out.state": leaving });
    dense(engine, { rows: batch * length, inputs: stateSize, outputs: dModel }, { x: h, weight: this.#parameters["C"]!.resident }, y);
  }

  /** Fills `y` with the convolution of u and, where a state enters, what becomes of it. */
  #convolve(engine: Engine, u: Real, y: Real, { batch, length, state }: Forward<"x">): void {
    const { dModel, dtype, stateSize } = this.options;
    engine.call("matrixConvolution", [batch, length, dModel, dModel], { u, kernel: this.#responses(engine, length) }, { y });
    if (state === undefined) return;
    const free = zeros(dtype, y.length);
    this.#read(engine, [batch, length], { A: this.#system(engine).A, b: zeros(dtype, batch * length * stateSize), state: state.x }, free, zeroState(this.#frame, batch).x);
    free.forEach((value, i) => (y[i]! += value));
  }

  /** The outputs after an impulse at each input: [dModel, length, dModel]. */
  #responses(engine: Engine, length: number): Real {
    const { dModel, dtype, stateSize } = this.options;
    const out = zeros(dtype, dModel * length * dModel, "kernel");
    if (length === 0) return out;
    const system = this.#system(engine);
    const B = system.B.data.slice();
    const [b, response] = [zeros(dtype, length * stateSize), zeros(dtype, length * dModel)];
    for (let input = 0; input < dModel; input++) {
      for (let n = 0; n < stateSize; n++) b[n] = B[n * dModel + input]!;
      this.#read(engine, [1, length], { A: system.A, b }, response, zeroState(this.#frame, 1).x);
      out.set(response, input * length * dModel);
    }
    return out;
  }

  /** Adds `D u`. */
  #skip(u: Real, y: Real): void {
    const D = this.#parameters["D"]!.data;
    for (let i = 0; i < y.length; i++) y[i]! += D[i % D.length]! * u[i]!;
  }

  /** Makes `leaving` the states after the last valid steps, of those that the scan just done left behind. */
  #lastValid(lengths: Int32Array, { batch, length, state }: Forward<"x">, leaving: Real): void {
    const size = this.options.stateSize;
    const h = this.#scratch.array(engine(), "h", batch * length * size).data;
    lengths.forEach((valid, n) => {
      const row = (n * length + valid - 1) * size;
      if (valid > 0) leaving.set(h.subarray(row, row + size), n * size);
      else if (state === undefined) leaving.fill(0, n * size, (n + 1) * size);
      else leaving.set(state.x.subarray(n * size, (n + 1) * size), n * size);
    });
  }
}
