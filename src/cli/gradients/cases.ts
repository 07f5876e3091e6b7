// Layers at their initialisations, whose gradients are measured.
import type { Layer, LayerName } from "../../index.js";
import { makeLayer } from "../../layers/registry.js";

/** A layer as it begins. */
export interface Case {
  layer: LayerName;
  /** How it begins. */
  begin: string;
  /** Why its gradients do what they do. */
  why: string;
  make(size: Size): Layer;
}

export interface Size {
  dModel: number;
  stateSize: number;
  seed: number;
}

const of = (layer: LayerName, begin: string, why: string, options: (size: Size) => Record<string, unknown>, change?: (layer: Layer) => void): Case => ({
  ...{ layer, begin, why },
  make({ seed, ...size }) {
    const made = makeLayer("gradients", { name: layer, options: { dModel: size.dModel, dtype: "float64", seed, ...options({ seed, ...size }) } });
    change?.(made);
    return made;
  },
});

/** Multiplies a parameter. */
const times = (name: string, factor: number) => (layer: Layer): void => {
  const { data } = layer.parameters()[name]!;
  for (let i = 0; i < data.length; i++) data[i]! *= factor;
};

const hidden = ({ stateSize }: Size) => ({ hiddenSize: stateSize });
const ring = (rMin: number, rMax: number, maxPhase = 6.28) => ({ rMin, rMax, maxPhase });

export const cases: readonly Case[] = [
  of("Rnn", "torch's, uniform", "a step's Jacobian shrinks: weights within 1/sqrt(n) have radius 1/sqrt(3), tanh slopes below 1", hidden),
  of("Rnn", "torch's times 3", "radius sqrt(3): the states are chaotic, a small difference grows", hidden, times("weight_hh_l0", 3)),
  of("LinearRnn", "orthogonal", "all eigenvalues have radius 1: nothing is lost, nothing grows", ({ stateSize }) => ({ stateSize })),
  of("LinearRnn", "ring, radius 0.9", "0.9^d", ({ stateSize }) => ({ stateSize, init: "ring", ...ring(0.9, 0.9) })),
  of("LinearRnn", "orthogonal times 1.01", "1.01^d", ({ stateSize }) => ({ stateSize }), times("A", 1.01)),
  of("Lru", "ring, radius 0 to 1", "radii are uniform in area: a few near 1 carry far", ({ stateSize }) => ({ dHidden: stateSize })),
  of("Lru", "ring, radius 0.9 to 0.999", "the slowest pole halves in 700 steps; exp(-exp(nu)) cannot exceed 1", ({ stateSize }) => ({ dHidden: stateSize, ...ring(0.9, 0.999, 0.314) })),
  of("S4D", "legs", "real parts -1/2, times steps of 0.001 to 0.1: from 20 to 2000 steps", ({ stateSize }) => ({ dState: stateSize, init: "legs" })),
  of("S4D", "lin", "the same real parts, other frequencies", ({ stateSize }) => ({ dState: stateSize, init: "lin" })),
  of("S5Ssm", "HiPPO-N, steps 0.001 to 0.1", "real parts -1/2, a step for each state: a whole range of memories", ({ stateSize }) => ({ ssmSize: stateSize })),
  of("S5Ssm", "HiPPO-N, steps 0.0001 to 0.001", "steps a hundredth as long remember a hundred times as far", ({ stateSize }) => ({ ssmSize: stateSize, dtMin: 0.0001, dtMax: 0.001 })),
  of("Mamba", "its own", "real poles -1 to -16 times steps of 0.001 to 0.1, that the input chooses", () => ({})),
];
