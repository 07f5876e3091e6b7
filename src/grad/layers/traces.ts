// The layers that compute on variables, by name.
import { behind } from "../../layers/composed.js";
import type { LruLayerOptions } from "../../layers/lru-layer.js";
import { type LayerName, type LayerSpec } from "../../layers/registry.js";
import type { S5LayerOptions } from "../../layers/s5-layer.js";
import type { Operand, Variable } from "../tape.js";
import { block } from "./block.js";
import { linearRnn } from "./linear-rnn.js";
import { linOss } from "./linoss.js";
import { lru } from "./lru.js";
import { mamba } from "./mamba.js";
import { mamba2 } from "./mamba2.js";
import { minGru, minLstm } from "./min.js";
import { rgLru } from "./rg-lru.js";
import { rnn } from "./rnn.js";
import { s4 } from "./s4.js";
import { s4d } from "./s4d.js";
import { s5Ssm } from "./s5-ssm.js";
import { ssm } from "./ssm.js";
import type { Trace, TraceOptions } from "./trace.js";

const s5Layer: Trace<Required<S5LayerOptions>> = (options, own, u, how) => {
  const around = { ...options, norm: options.batchnorm ? "batch" : "layer", normName: "norm" } as const;
  return block(around, own, u, how, (x) => s5Ssm(options, behind("seq.", own), x, how));
};

const lruLayer: Trace<Required<LruLayerOptions>> = (options, own, u, how) => {
  const around = { ...options, activation: "full_glu", normName: "normalization" } as const;
  return block(around, own, u, how, (x) => lru(options, behind("seq.", own), x, how));
};

const traces: Readonly<Record<LayerName, Trace<never>>> = {
  LinearRnn: linearRnn,
  LinOss: linOss,
  Lru: lru,
  LruLayer: lruLayer,
  Mamba: mamba,
  Mamba2: mamba2,
  MinGru: minGru,
  MinLstm: minLstm,
  RgLru: rgLru,
  Rnn: rnn,
  S4: s4,
  S4D: s4d,
  S5Layer: s5Layer,
  S5Ssm: s5Ssm,
  Ssm: ssm,
};

/** The forward pass of the layer that a spec names, with complete options. */
export function traced({ name, options }: LayerSpec, parameters: Readonly<Record<string, Operand>>, u: Operand, how: TraceOptions): Variable {
  const trace = traces[name] as Trace<unknown>;
  return trace(options, parameters, u, how);
}
