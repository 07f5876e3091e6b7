// A layer of S5 over digits as sequences of 784 pixels.
import { type Backend, S5Ssm, type Tensor } from "../index.js";
import { random } from "../random.js";
import { forwardBound, forwardContender } from "./forward-contender.js";
import { DIGIT } from "./pixels.js";
import { serialS5 } from "./serial.js";
import type { Contender, NewArray, Workload } from "./workload.js";

const dModel = 64;
const dims = { batch: 8, length: DIGIT };
const size = dims.batch * dims.length * dModel;

type Parameters = Readonly<Record<string, Tensor>>;

interface S5Data {
  /** [batch, length, dModel]. */
  u: Float32Array;
  parameters: Parameters;
}

export const s5Workload: Workload<S5Data> = {
  name: `S5Ssm [${dims.batch}, ${dims.length}, ${dModel}]`,
  pixels: dims.batch * dims.length,

  data: (pixels) => ({ u: embedded(pixels), parameters: copied(layer().parameters()) }),

  bound: forwardBound,

  serial({ u, parameters }, array: NewArray): Contender {
    const x = array(size);
    x.set(u);
    const forward = serialS5(parameters, dims, array);
    return forwardContender(() => forward(x));
  },

  on(_: Backend, { u, parameters }) {
    const own = layer();
    own.loadParameters(parameters);
    return [forwardContender(() => own.forward(u, dims).y)];
  },
};

const layer = (): S5Ssm => new S5Ssm({ dModel, ssmSize: 64, blocks: 2, seed: 0 });

function copied(parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, { dims, data }]) => [name, { dims, data: data.slice() }]));
}

/** A linear embedding, [batch, length, dModel]: each feature has a weight of the pixel and an offset. */
function embedded(pixels: Float32Array): Float32Array {
  const { normal } = random(2);
  const weights = Float64Array.from({ length: 2 * dModel }, normal);
  return new Float32Array(size).map((_, i) => weights[i % dModel]! * pixels[Math.floor(i / dModel)]! + weights[dModel + (i % dModel)]!);
}
