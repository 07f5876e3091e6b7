// Mamba and Mamba-2, small, with every option away from its default once, and what defines each.
import { type LayerOptions, Mamba, Mamba2, type Mamba2Options, type MambaOptions } from "ssm-scan";
import { mamba, mamba2 } from "../reference/mamba.js";
import type { Definition } from "../reference/recurrent.js";

type Layer = Mamba | Mamba2;

export interface MambaCase {
  title: string;
  make(options?: LayerOptions): Layer;
  define(layer: Layer): Definition;
}

type Own<O> = Omit<O, keyof LayerOptions>;

function ofMamba(title: string, own: Own<MambaOptions>): MambaCase {
  const define = (layer: Layer): Definition => mamba(layer.parameters(), own.mixerRms === true ? { rms: (layer as Mamba).options.mixerRmsEps } : {});
  return { title: `Mamba ${title}`, make: (options) => new Mamba({ ...own, ...options }), define };
}

function ofMamba2(title: string, own: Own<Mamba2Options>): MambaCase {
  return { title: `Mamba2 ${title}`, make: (options) => new Mamba2({ ...own, ...options }), define: (layer) => mamba2(layer.parameters(), (layer as Mamba2).options) };
}

export const cases: readonly MambaCase[] = [
  ofMamba("small", { dModel: 6, dState: 3 }),
  ofMamba("with biases", { dModel: 5, dState: 4, dConv: 3, expand: 1, dtRank: 2, bias: true, convBias: false, dtInit: "constant", dtScale: 2 }),
  ofMamba("of Falcon", { dModel: 6, dState: 4, dtRank: 3, mixerRms: true, mixerRmsEps: 1e-5 }),
  ofMamba("without a past", { dModel: 4, dState: 2, dConv: 1 }),
  ofMamba2("small", { dModel: 6, dState: 5, headdim: 4 }),
  ofMamba2("in groups", { dModel: 8, dState: 3, headdim: 4, ngroups: 2, DHasHdim: true, bias: true, convBias: false, chunkSize: 8, dtLimit: [0.01, 0.05] }),
  ofMamba2("normalised before the gate", { dModel: 8, dState: 3, headdim: 2, ngroups: 4, normGroups: 2, normBeforeGate: true, convInit: 0.9, AInitRange: [0.5, 2] }),
  ofMamba2("beside a gated layer", { dModel: 6, dState: 4, headdim: 4, dSsm: 8, rmsnorm: false, dConv: 2 }),
  ofMamba2("normalised all at once, beside a gated layer", { dModel: 6, dState: 4, headdim: 2, dSsm: 8, ngroups: 2, normGroups: 1, normEps: 1e-3 }),
];
