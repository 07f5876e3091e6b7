// Every layer, small: what the laws of time are tested on.
import { type Layer, LinearRnn, LinOss, Lru, LruLayer, Mamba, Mamba2, MinGru, MinLstm, type Real, RgLru, Rnn, S4, S4D, S5Layer, S5Ssm, ScanError, SequenceModel, Ssm } from "ssm-scan";
import type { Dtype } from "./precision.js";

type Make = (dtype: Dtype, seed?: number) => Layer;

/** Makes a layer of a class, with options that tell it from its other entries. */
function kind<O>(Class: new (options: O) => Layer, options: O): readonly [string, Make] {
  const title = `${Class.name} ${JSON.stringify(options)}`;
  return [title, (dtype, seed = 1) => new Class({ ...options, dtype, seed })];
}

export const layers: readonly (readonly [string, Make])[] = [
  kind(S5Ssm, { dModel: 5, ssmSize: 12, blocks: 3 }),
  kind(S5Ssm, { dModel: 3, ssmSize: 8, blocks: 1, conjSym: false, discretization: "bilinear" as const }),
  kind(S5Ssm, { dModel: 5, ssmSize: 12, blocks: 3, bidirectional: true }),
  kind(S5Layer, { dModel: 4, ssmSize: 8, blocks: 2, activation: "half_glu1" as const, prenorm: true }),
  kind(Lru, { dModel: 5, dHidden: 7 }),
  kind(LruLayer, { dModel: 4, dHidden: 6 }),
  kind(LinOss, { dModel: 5, stateDim: 6 }),
  kind(LinOss, { dModel: 5, stateDim: 6, discretization: "IMEX" as const, damping: true }),
  kind(Mamba, { dModel: 5, dState: 3 }),
  kind(Mamba, { dModel: 4, dState: 4, dtRank: 3, mixerRms: true, bias: true }),
  kind(Mamba2, { dModel: 4, dState: 3, headdim: 4 }),
  kind(Mamba2, { dModel: 8, dState: 3, headdim: 4, ngroups: 2, dtLimit: [0.001, 0.1] as const }),
  kind(MinGru, { dModel: 5 }),
  kind(MinGru, { dModel: 4, expansionFactor: 1.5 }),
  kind(MinLstm, { dModel: 5 }),
  kind(RgLru, { dModel: 6, numHeads: 2 }),
  kind(Rnn, { dModel: 5 }),
  kind(Rnn, { dModel: 5, hiddenSize: 9 }),
  kind(LinearRnn, { dModel: 5, stateSize: 6 }),
  kind(LinearRnn, { dModel: 3, stateSize: 5, init: "ring" as const }),
  kind(Ssm, { dModel: 3, stateSize: 6 }),
  kind(Ssm, { dModel: 2, stateSize: 6, discretization: "bilinear" as const, init: "fourier" as const }),
  kind(S4D, { dModel: 3, dState: 8 }),
  kind(S4D, { dModel: 3, dState: 8, init: "lin" as const, disc: "bilinear" as const }),
  kind(S4D, { dModel: 3, dState: 8, bidirectional: true }),
  kind(S4D, { dModel: 3, dState: 5, init: "real" as const, isReal: true }),
  kind(S4, { dModel: 3, dState: 6, init: "fourier" as const, stepMode: "dense" as const }),
  kind(S4, { dModel: 3, dState: 8 }),
  kind(S4, { dModel: 3, dState: 8, init: "legt" as const, rank: 2 }),
  kind(SequenceModel, { dModel: 4, nLayers: 2, layer: { name: "MinGru" as const } }),
  kind(SequenceModel, { dModel: 4, nLayers: 2, layer: { name: "Mamba" as const, options: { dState: 3 } }, norm: "rms" as const }),
  kind(SequenceModel, { dModel: 4, nLayers: 2, layer: { name: "S5Ssm" as const, options: { ssmSize: 8, blocks: 2 } }, norm: "rms" as const }),
];

/** What `call` gives, or nothing where the layer says that it cannot do it. */
export function ifAble<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (cause) {
    if (cause instanceof ScanError && cause.code === "unsupported") return undefined;
    throw cause;
  }
}

/** The planes of a state, in the order of their names. */
export function planesOf(state: Record<string, Real>): Real[] {
  return Object.keys(state).sort().map((name) => state[name]!);
}
