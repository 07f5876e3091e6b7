// What deep sequence models have in common: a dense layer at the beginning, then blocks.
import type { Real, Tensor } from "../arrays.js";
import { engine } from "../backend/current.js";
import { Block } from "../layers/block.js";
import { behind, frameAround, putBehind } from "../layers/composed.js";
import type { Forward, Frame } from "../layers/frame.js";
import type { ForwardOptions, Layer, LoadOptions } from "../layers/layer.js";
import { Lru } from "../layers/lru.js";
import { loadParameters, parametersOf, type Part } from "../layers/parts.js";
import { isBlock } from "../layers/registry.js";
import { Scratch } from "../layers/scratch.js";
import type { Random } from "../random.js";
import { DenseLayer } from "./dense-layer.js";
import { layersOf, optionsOf } from "./layers-of.js";
import type { StackConfig, StackOptions } from "./model-config.js";

type State = Record<string, Real>;

/** Parameters by flax's names: `encoder.*`, `layers_0.*` and so on; the states of the blocks are behind `layers_0.` and so on. */
export class Stack {
  readonly scratch: Scratch;
  /** The config as JSON can hold it; without what blocks that were given as layers have in them. */
  readonly options: StackOptions;
  readonly #name: string;
  readonly #config: StackConfig;
  readonly #encoder: DenseLayer;
  readonly #blocks: readonly Layer[];
  readonly #parts: readonly Part[];

  constructor(name: string, given: StackOptions, config: StackConfig, random: Random) {
    const { dInput, dModel, dtype } = config;
    this.#name = name;
    this.#config = config;
    this.scratch = new Scratch(dtype);
    const layers = layersOf(name, config, random);
    this.options = optionsOf(name, given, config, layers);
    this.#encoder = new DenseLayer(engine(), "encoder", dInput, dModel, dtype, random);
    this.#blocks = layers.map((inner, i) => (isBlock(inner) ? inner : this.#blockOf(inner, i, random)));
    this.#parts = this.#blocks.map((layer, i) => ({ layer, prefix: `layers_${i}.`, statistics: `batch_stats.layers_${i}.` }));
  }

  /** The frame of a model around the blocks, with `more` state. */
  frame(dOutput: number, more: Readonly<Record<string, number>> = {}): Frame {
    const layers = Object.fromEntries(this.#blocks.map((block, i) => [`layers_${i}.`, block]));
    return frameAround({ name: this.#name, dModel: this.#config.dInput, dOutput, dtype: this.#config.dtype }, layers, more);
  }

  /** Fills h, [batch, length, dModel], padding with whatever comes; returns the states that leave. */
  run(u: Real, h: Real, call: Forward<string>): State {
    const state: State = {};
    this.#through(u, h, call.batch * call.length, (block, i, x, y) => {
      const own = { ...call, state: call.state && behind(`layers_${i}.`, call.state) };
      putBehind(`layers_${i}.`, block instanceof Block ? block.run(x, y, own) : forwardInto(block, x, y, own), state);
    });
    return state;
  }

  /** The same for one step, h: [batch, dModel]; moves the state. */
  step(u: Real, h: Real, batch: number, state: State, dt: Real | undefined): void {
    this.#through(u, h, batch, (block, i, x, out) => {
      block.step(x, behind(`layers_${i}.`, state), dt === undefined ? { out } : { dt, out });
    });
  }

  parameters(): Record<string, Tensor> {
    return parametersOf(this.#encoder.parameters, this.#parts);
  }

  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    loadParameters(this.#name, this.#encoder.parameters, this.#parts, parameters, options);
  }

  #blockOf(inner: Layer, i: number, random: Random): Block {
    const { dtype, norm, prenorm, activation } = this.#config;
    // The LRU's reference has a name of its own.
    const normName = inner instanceof Lru ? "normalization" : "norm";
    return new Block({ name: `${this.#name}: layers_${i}`, inner, dtype, norm, normName, prenorm, activation, random, scratch: this.scratch });
  }

  /** From one block to the next, by turns in two arrays. */
  #through(u: Real, h: Real, rows: number, run: (block: Layer, i: number, x: Real, y: Real) => void): void {
    const between = (i: number) => this.scratch.ordinary(`between ${i % 2}`, rows * this.#config.dModel);
    this.#encoder.run(engine(), u, between(0));
    this.#blocks.forEach((block, i) => { run(block, i, between(i), i + 1 === this.#blocks.length ? h : between(i + 1)); });
  }
}

function forwardInto(layer: Layer, x: Real, into: Real, { batch, length, ...options }: Forward<string>): State {
  const { y, state } = layer.forward(x, { batch, length }, options as ForwardOptions<State>);
  into.set(y);
  return state;
}
