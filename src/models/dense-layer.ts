// A dense layer at an end of a model.
import type { Dtype, Input } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import { denseParameters } from "../init/dense.js";
import { type Parameters, parametersFrom } from "../layers/parameters.js";
import { dense } from "../layers/rows.js";
import type { Random } from "../random.js";

/** `y = x kernel + bias`. */
export class DenseLayer {
  readonly parameters: Parameters;
  readonly #name: string;
  readonly #inputs: number;
  readonly #outputs: number;

  constructor(engine: Engine, name: string, inputs: number, outputs: number, dtype: Dtype, random: Random) {
    this.parameters = parametersFrom(engine, dtype, denseParameters(name, inputs, outputs, random));
    this.#name = name;
    this.#inputs = inputs;
    this.#outputs = outputs;
  }

  /** x: [rows, inputs], y: [rows, outputs]. */
  run(engine: Engine, x: Input, y: Input): void {
    const own = (name: string) => this.parameters[`${this.#name}.${name}`]!.resident;
    const shape = { rows: x.length / this.#inputs, inputs: this.#inputs, outputs: this.#outputs, transposed: true };
    dense(engine, shape, { x, weight: own("kernel"), bias: own("bias") }, y);
  }
}
