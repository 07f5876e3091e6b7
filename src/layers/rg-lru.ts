// RG-LRU: the real-gated linear recurrent unit of Griffin and RecurrentGemma.
import type { Real, Tensor } from "../arrays.js";
import { engine } from "../backend/current.js";
import { ScanError } from "../error.js";
import { rgLruParameters } from "../init/rg-lru.js";
import { linearScan } from "../ops/linear-scan.js";
import { aCount, aPositive } from "../options.js";
import { random } from "../random.js";
import { configOf } from "./config.js";
import type { ForwardOptions, Layer, LayerOptions, LoadOptions } from "./layer.js";
import { loadInto, type Parameters, parametersFrom } from "./parameters.js";
import { gated, type Made, Recurrent, type Steps } from "./recurrent.js";
import { Scratch } from "./scratch.js";

/** Options of {@link RgLru}. */
export interface RgLruOptions extends LayerOptions {
  /** Features of the input and of the output, each with a state. */
  dModel?: number;
  /** The reference's name of dModel. */
  width?: number;
  /** Blocks of the gates' matrices, a divisor of dModel; 10, or as many below as divide it. */
  numHeads?: number;
  /** The variance of the gates' initial weights, times the size of a block; 0.01. */
  wInitVarianceScale?: number;
}

type Config = Required<Omit<RgLruOptions, "width">>;

/**
 * State of {@link RgLru}: h, [batch, dModel], and whether sequences have begun, [batch]: 0 where they have not, which
 * the layer has to know, because a first step takes all of its input in.
 */
export type RgLruState = Record<"h" | "begun", Real>;

const checks = { dModel: aCount, width: aCount, numHeads: aCount, wInitVarianceScale: aPositive };

/**
 * `h = a h' + sqrt(1 - a^2) i u` and y = h, with `a = exp(-8 r softplus(recurrent_param))`, where `r` and `i` are sigmoids of
 * block-diagonal dense layers of u. At the first step of a sequence, and at a `reset`, a is 0 and the root 1. (De et al. 2024,
 * arXiv:2402.19427; transformers `RecurrentGemmaRglru`.)
 */
export class RgLru implements Layer {
  readonly dModel: number;
  /** The options, complete. */
  readonly options: Config;
  readonly #recurrent: Recurrent<"h" | "begun">;
  readonly #parameters: Parameters;
  readonly #scratch: Scratch;

  constructor(options: RgLruOptions) {
    this.options = configFor(options);
    const { dModel, dtype, seed } = this.options;
    this.dModel = dModel;
    const frame = { name: "RgLru", dModel, dtype, state: { h: dModel, begun: 1 }, cannot: gated };
    this.#recurrent = new Recurrent<"h" | "begun">(frame, (steps, made) => this.#run(steps, made));
    this.#parameters = parametersFrom(engine(), dtype, rgLruParameters(this.options, random(seed)));
    this.#scratch = new Scratch(dtype);
  }

  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<Record<string, Real>>): { y: Real; state: RgLruState } {
    return this.#recurrent.forward(u, dims, options);
  }

  step(u: Real, state: Record<string, Real>, options?: { dt?: Real; out?: Real }): { y: Real; state: RgLruState } {
    return this.#recurrent.step(u, state, options);
  }

  initialState(batch: number): RgLruState {
    return this.#recurrent.initialState(batch);
  }

  parameters(): Record<string, Tensor> {
    return { ...this.#parameters };
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    loadInto("RgLru", this.#parameters, parameters, options);
  }

  #run(steps: Steps<"h" | "begun">, { y, leaving }: Made<"h" | "begun">): Real {
    const { engine, u, batch, length, state, reset } = steps;
    const { dModel, numHeads } = this.options;
    const own = (name: string) => this.#parameters[name]!.resident;
    const [a, b] = [this.#scratch.array(engine, "a", u.length), this.#scratch.array(engine, "b", u.length)];
    const inputs = {
      x: u,
      recurrent_param: own("recurrent_param"),
      input_gate_weight: own("input_gate_weight"),
      input_gate_bias: own("input_gate_bias"),
      recurrent_gate_weight: own("recurrent_gate_weight"),
      recurrent_gate_bias: own("recurrent_gate_bias"),
      fresh: firstSteps(steps),
    };
    engine.call("rgLruGates", [batch * length, numHeads, dModel / numHeads], inputs, { a, b });
    const scanned = state === undefined ? { a, b } : { a, b, state: state.h };
    linearScan(scanned, { batch, length, channels: dModel }, { ...(reset && { reset }), out: { h: y, state: leaving.h } });
    if (length > 0) leaving.begun.fill(1);
    else if (state !== undefined) leaving.begun.set(state.begun);
    return y;
  }
}

/** Where sequences begin, [batch, length]; nothing where none does. */
function firstSteps({ batch, length, state, reset }: Steps<"h" | "begun">): Uint8Array | undefined {
  if (length === 0 || (state !== undefined && state.begun.every((begun) => begun !== 0))) return reset;
  const fresh = reset?.slice() ?? new Uint8Array(batch * length);
  for (let n = 0; n < batch; n++) {
    if (state === undefined || state.begun[n] === 0) fresh[n * length] = 1;
  }
  return fresh;
}

/** The options given and the reference's defaults for the others. */
function configFor(options: RgLruOptions): Config {
  const { width, ...config } = configOf("RgLru", options, checks, { wInitVarianceScale: 0.01 }, []);
  const { dModel = width } = config;
  if (dModel === undefined) throw new ScanError("option", "RgLru: `dModel` is missing, expected a whole number of at least 1");
  if (width !== undefined && width !== dModel) throw new ScanError("option", `RgLru: \`width\` ${width} and \`dModel\` ${dModel} are one option by two names`);
  const { numHeads = mostHeads(dModel) } = config;
  if (dModel % numHeads !== 0) throw new ScanError("option", `RgLru: \`dModel\` ${dModel} must be a multiple of \`numHeads\` ${numHeads}`);
  return { ...config, dModel, numHeads };
}

/** The reference's 10 heads, or as many as divide the width. */
function mostHeads(width: number): number {
  let heads = 10;
  while (width % heads !== 0) heads--;
  return heads;
}
