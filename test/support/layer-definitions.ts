// What `forward` of each layer should give, in f64, by the name of its class.
import type { ForwardOptions, Layer, Mamba2Config, MambaConfig, Real, Tensor } from "ssm-scan";
import { block, type BlockOptions } from "../reference/block.js";
import { linoss } from "../reference/linoss.js";
import { lru } from "../reference/lru.js";
import { mamba, mamba2 } from "../reference/mamba.js";
import * as steps from "../reference/recurrent.js";
import { s5, type S5Options } from "../reference/s5.js";
import { ssm } from "../reference/ssm.js";
import { defined as s4, type S4Case } from "./s4-layers.js";

export type State = Record<string, Real>;
export interface Result { y: Real; state: State }
export interface Span { batch: number; length: number }
export type Define = (layer: Layer, u: Real, dims: Span, options: ForwardOptions<State>) => Result;

type Parameters = Record<string, Tensor>;
type Inner = (own: Parameters, x: Real, dims: Span, options: ForwardOptions<State>) => Result;

/** Layers that are defined by what one of their steps does. */
const stepping = (definition: (own: Parameters, options: object) => steps.Definition): Define => (layer, u, dims, options) =>
  steps.recurrent(definition(layer.parameters(), layer.options!), u, dims, options);

const behind = (prefix: string, own: Parameters): Parameters =>
  Object.fromEntries(Object.entries(own).filter(([name]) => name.startsWith(prefix)).map(([name, tensor]) => [name.slice(prefix.length), tensor]));

/** Blocks: a normalisation, a layer, a gate, the way round them. */
const around = (how: (options: object) => BlockOptions, inner: (options: object) => Inner): Define => (layer, u, dims, options) => {
  const own = layer.parameters();
  let state: State = {};
  const y = block(own, how(layer.options!), u, layer.dModel, (x) => {
    const result = inner(layer.options!)(behind("seq.", own), x, dims, options);
    ({ state } = result);
    return result.y;
  });
  const width = layer.dModel;
  options.lengths?.forEach((valid, n) => y.fill(0, (n * dims.length + valid) * width, (n + 1) * dims.length * width));
  return { y, state };
};

const s5With = (options: object): Inner => (own, x, dims, more) => s5(own, options as S5Options, x, dims, more as never);
const lruWith: Inner = (own, x, dims, options) => lru(own, x, dims, options as never);
const s4By = (name: S4Case["name"]): Define => (layer, u, dims, options) => {
  const own = layer.options as S4Case["options"] & { isReal?: boolean };
  const [parameters, sizes] = own.isReal ? [complexOf(layer.parameters()), { ...own, dState: 2 * own.dState }] : [layer.parameters(), own];
  return { ...s4({ name, options: sizes }, parameters, u, dims, options as never) } as unknown as Result;
};

/** A layer of real states as one of complex states without imaginary parts. */
export function complexOf(own: Parameters): Parameters {
  const pairs = ({ dims, data }: Tensor): Tensor => ({ dims: [...dims, 2], data: Float64Array.from({ length: 2 * data.length }, (_, i) => (i % 2 === 0 ? data[i / 2]! : 0)) });
  const real = own["layer.kernel.A_real"]!;
  return { ...own, "layer.kernel.A_imag": { dims: real.dims, data: real.data.slice().fill(0) }, "layer.kernel.B": pairs(own["layer.kernel.B"]!), "layer.kernel.C": pairs(own["layer.kernel.C"]!) };
}

export const definitions: Readonly<Record<string, Define>> = {
  S5Ssm: (layer, ...call) => s5With(layer.options!)(layer.parameters(), ...call),
  S5Layer: around((options) => {
    const { activation, prenorm, batchnorm } = options as { activation: string; prenorm: boolean; batchnorm: boolean };
    return { activation, prenorm, norm: batchnorm ? "batch" : "layer", normName: "norm" };
  }, s5With),
  Lru: (layer, ...call) => lruWith(layer.parameters(), ...call),
  LruLayer: around((options) => ({ ...(options as Pick<BlockOptions, "prenorm" | "norm">), activation: "full_glu", normName: "normalization" }), () => lruWith),
  LinOss: (layer, u, dims, options) => linoss(layer.parameters(), (layer.options as { discretization: "IM" }).discretization, u, dims, options as never),
  MinGru: stepping(steps.minGru),
  MinLstm: stepping(steps.minLstm),
  RgLru: stepping(steps.rgLru),
  Rnn: stepping(steps.rnn),
  LinearRnn: stepping(steps.linearRnn),
  Mamba: stepping((own, options) => mamba(own, (options as MambaConfig).mixerRms ? { rms: (options as MambaConfig).mixerRmsEps } : {})),
  Mamba2: stepping((own, options) => mamba2(own, options as Mamba2Config)),
  Ssm: (layer, u, dims, options) => ssm(layer.parameters(), (layer.options as { discretization: "zoh" }).discretization, u, dims, options),
  S4: s4By("S4"),
  S4D: s4By("S4D"),
};
