// What minGRU and minLSTM share: all but their gates.
import type { Tensor } from "../arrays.js";
import { engine } from "../backend/current.js";
import { ScanError } from "../error.js";
import { uniformWeights } from "../init/weights.js";
import { linearScan } from "../ops/linear-scan.js";
import { aBoolean, aCount, aPositive } from "../options.js";
import { random } from "../random.js";
import { configOf } from "./config.js";
import type { LayerOptions, LoadOptions } from "./layer.js";
import { loadInto, type Parameters, parametersFrom } from "./parameters.js";
import { gated, type Made, Recurrent, type Steps } from "./recurrent.js";
import { dense } from "./rows.js";
import { Scratch } from "./scratch.js";

/** Options of `MinGru` and `MinLstm`, the reference's own with its defaults. */
export interface MinOptions extends LayerOptions {
  /** Features of the input. */
  dModel?: number;
  /** The reference's name of dModel. */
  dim?: number;
  /** States for each feature of the input; 1. */
  expansionFactor?: number;
  /** Whether states are projected to dModel features, or are the output themselves; true unless expansionFactor is 1. */
  projOut?: boolean;
}

/** The same, complete. */
export type MinConfig = Required<Omit<MinOptions, "dim">>;

const checks = { dModel: aCount, dim: aCount, expansionFactor: aPositive, projOut: aBoolean };

/** The layers by the reference's names of their weights, and how many parts these have. */
const kinds = {
  MinGru: { weight: "to_hidden_and_gate.weight", parts: 2 },
  MinLstm: { weight: "to_hidden_and_f_i_gate.weight", parts: 3 },
} as const;

/** A dense layer, gates, a linear scan, and perhaps a dense layer again. */
export class MinRecurrence {
  readonly options: MinConfig;
  readonly recurrent: Recurrent;
  readonly parameters: Parameters;
  readonly #name: keyof typeof kinds;
  readonly #states: number;
  readonly #scratch: Scratch;

  constructor(name: keyof typeof kinds, options: MinOptions) {
    this.options = configFor(name, options);
    const { dModel, expansionFactor, projOut, dtype, seed } = this.options;
    this.#name = name;
    this.#states = Math.trunc(dModel * expansionFactor);
    if (this.#states < 1) throw new ScanError("option", `${name}: \`expansionFactor\` ${expansionFactor} of \`dModel\` ${dModel} leaves 0 states, expected at least 1`);
    const dOutput = projOut ? dModel : this.#states;
    this.recurrent = new Recurrent({ name, dModel, dOutput, dtype, state: { h: this.#states }, cannot: gated }, (steps, made) => this.#run(steps, made));
    this.parameters = parametersFrom(engine(), dtype, this.#initial(seed));
    this.#scratch = new Scratch(dtype);
  }

  load(parameters: Record<string, Tensor>, options: LoadOptions | undefined): void {
    loadInto(this.#name, this.parameters, parameters, options);
  }

  #initial(seed: number): Record<string, Tensor> {
    const { dModel, projOut } = this.options;
    const { weight, parts } = kinds[this.#name];
    const numbers = random(seed);
    const first = uniformWeights([parts * this.#states, dModel], 1 / Math.sqrt(dModel), numbers);
    if (!projOut) return { [weight]: first };
    return { [weight]: first, "to_out.weight": uniformWeights([dModel, this.#states], 1 / Math.sqrt(this.#states), numbers) };
  }

  #run({ engine, u, batch, length, state, reset }: Steps<"h">, { y, leaving }: Made<"h">) {
    const { dModel, projOut } = this.options;
    const { weight, parts } = kinds[this.#name];
    const [states, rows, own] = [this.#states, batch * length, this.parameters];
    const array = (name: string, width: number) => this.#scratch.array(engine, name, rows * width);
    const x = array("x", parts * states);
    dense(engine, { rows, inputs: dModel, outputs: parts * states }, { x: u, weight: own[weight]!.resident }, x);
    const [a, b] = [array("a", states), array("b", states)];
    engine.call("minGates", [parts, rows, states], { x }, { a, b });
    const h = projOut ? array("h", states) : y;
    const inputs = state === undefined ? { a, b } : { a, b, state: state.h };
    linearScan(inputs, { batch, length, channels: states }, { ...(reset && { reset }), out: { h, state: leaving.h } });
    if (projOut) dense(engine, { rows, inputs: states, outputs: dModel }, { x: h, weight: own["to_out.weight"]!.resident }, y);
    return h;
  }
}

/** The options given and the reference's defaults for the others. */
function configFor(name: string, options: MinOptions): MinConfig {
  const { dim, ...config } = configOf(name, options, checks, { expansionFactor: 1 }, []);
  const { dModel = dim } = config;
  if (dModel === undefined) throw new ScanError("option", `${name}: \`dModel\` is missing, expected a whole number of at least 1`);
  if (dim !== undefined && dim !== dModel) throw new ScanError("option", `${name}: \`dim\` ${dim} and \`dModel\` ${dModel} are one option by two names`);
  return { ...config, dModel, projOut: config.projOut ?? config.expansionFactor !== 1 };
}
