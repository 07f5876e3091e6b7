// Layers of S5 over digits as sequences of 784 pixels.
import { type Backend, type Real, S5Ssm, type Tensor } from "../index.js";
import { random } from "../random.js";
import { DIGIT } from "./pixels.js";
import { addGelu, serialS5 } from "./serial.js";
import type { Contender, NewArray, Workload } from "./workload.js";

const dModel = 64;
const dims = { batch: 8, length: DIGIT };
const size = dims.batch * dims.length * dModel;

/** A layer's forward pass. */
type Forward = (u: Real) => Real;

/** What is done with layers: gives `x`, changed, or another array. */
type Model = (layers: readonly Forward[], x: Real) => Real;

type Parameters = Readonly<Record<string, Tensor>>;

interface S5Data {
  /** [batch, length, dModel]. */
  u: Float32Array;
  layers: readonly Parameters[];
}

/** `y = S5(u)`. */
const alone: Model = ([layer], x) => layer!(x);

/** `x += gelu(S5(x))` for every layer. */
const stacked: Model = (layers, x) => {
  for (const layer of layers) addGelu(x, layer(x));
  return x;
};

class S5Workload implements Workload<S5Data> {
  readonly name: string;
  readonly pixels: number = dims.batch * dims.length;
  readonly #depth: number;
  readonly #model: Model;

  constructor(what: string, depth: number, model: Model) {
    this.name = `${what} [${dims.batch}, ${dims.length}, ${dModel}]`;
    this.#depth = depth;
    this.#model = model;
  }

  data(pixels: Float32Array): S5Data {
    const layers = Array.from({ length: this.#depth }, (_, seed) => copied(layer(seed).parameters()));
    return { u: embedded(pixels), layers };
  }

  /** The library's products sum in float32, JavaScript's in float64: four times its error may be too little. */
  bound(serial: number): number {
    return Math.max(4 * serial, 1e-5);
  }

  serial({ u, layers }: S5Data, array: NewArray): Contender {
    return this.#contender(u, layers.map((parameters) => serialS5(parameters, dims, array)), array);
  }

  on(_: Backend, { u, layers }: S5Data): readonly Contender[] {
    const forwards = layers.map((parameters, seed) => {
      const own = layer(seed);
      own.loadParameters(parameters);
      return (x: Real) => own.forward(x, dims).y;
    });
    return [this.#contender(u, forwards, (length) => new Float32Array(length))];
  }

  #contender(u: Float32Array, layers: readonly Forward[], array: NewArray): Contender {
    const x = array(size);
    let y = x;
    const run = (): void => {
      x.set(u);
      y = this.#model(layers, x);
    };
    return { passing: "plain", run, results: () => [y] };
  }
}

export const s5Workloads: readonly Workload[] = [new S5Workload("S5Ssm", 1, alone), new S5Workload("4 x S5Ssm, GELU", 4, stacked)];

const layer = (seed: number): S5Ssm => new S5Ssm({ dModel, ssmSize: 64, blocks: 2, seed });

function copied(parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, { dims, data }]) => [name, { dims, data: data.slice() }]));
}

/** A linear embedding, [batch, length, dModel]: each feature has a weight of the pixel and an offset. */
function embedded(pixels: Float32Array): Float32Array {
  const { normal } = random(2);
  const weights = Float64Array.from({ length: 2 * dModel }, normal);
  return new Float32Array(size).map((_, i) => weights[i % dModel]! * pixels[Math.floor(i / dModel)]! + weights[dModel + (i % dModel)]!);
}
