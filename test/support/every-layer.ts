// Every layer, small, with every option that changes what is computed or by which way: what the laws are tested on.
import { ClassificationModel, type Layer, LinearRnn, LinOss, Lru, LruLayer, Mamba, Mamba2, MinGru, MinLstm, RgLru, Rnn, S4, S4D, S5Layer, S5Ssm, SequenceModel, Ssm } from "ssm-scan";
import type { Ability, Subject } from "./subject.js";

/** What layers cannot do, whatever their options. */
const inabilities: Readonly<Record<string, readonly Ability[]>> = {
  S5Ssm: ["convolution"],
  S5Layer: ["convolution"],
  Lru: ["dt", "convolution"],
  LruLayer: ["dt", "convolution"],
  LinOss: ["convolution"],
  MinGru: ["dt", "convolution"],
  MinLstm: ["dt", "convolution"],
  RgLru: ["dt", "convolution"],
  Rnn: ["dt", "scan", "convolution"],
  LinearRnn: ["dt", "convolution"],
  Ssm: [],
  S4: ["dt"],
  S4D: [],
  Mamba: ["dt", "convolution"],
  Mamba2: ["dt", "convolution"],
};

/** A layer of a class, with options that tell it from its other entries. */
function kind<O extends object>(Class: new (options: O) => Layer, options: NoInfer<O>, { cannot = inabilities[Class.name], ...more }: Partial<Subject> = {}): Subject {
  const isBidirectional = (options as { bidirectional?: boolean }).bidirectional === true;
  // A kernel's two halves are of one size of steps.
  const lost: readonly Ability[] = isBidirectional ? ["state", "step", ...(/^S4/.test(Class.name) ? (["dt"] as const) : [])] : [];
  return {
    title: `${Class.name} ${JSON.stringify(options)}`,
    make: (dtype, seed = 1) => new Class({ seed, ...options, dtype }),
    ...(cannot !== undefined && { cannot: [...new Set([...cannot, ...lost])] }),
    ...more,
  };
}

/** Once as it is, once with a second half that begins at the end. */
const bothWays = <O extends object>(Class: new (options: O) => Layer, options: NoInfer<O>): Subject[] => [kind(Class, options), kind(Class, { ...options, bidirectional: true })];

const s5 = { dModel: 5, ssmSize: 12, blocks: 3 };
const aLayer = { dModel: 4, ssmSize: 8, blocks: 2 };
const s4 = { dModel: 4, dState: 6, dtMin: 0.05, dtMax: 0.5 };
const deep = { dModel: 4, nLayers: 2 };
/** Where damping bounds the stiffness two eigenvalues meet, and move far for little: by the root of f32's rounding. */
const stiff = { bound: { float32: 1e-4, float64: 1e-11 } };

export const layers: readonly Subject[] = [
  ...bothWays(S5Ssm, s5),
  ...bothWays(S5Ssm, { ...s5, discretization: "bilinear" }),
  ...bothWays(S5Ssm, { ...s5, conjSym: false }),
  ...bothWays(S5Ssm, { ...s5, clipEigs: true, stepRescale: 2 }),
  ...bothWays(S5Ssm, { ...s5, CInit: "lecun_normal", dtMin: 0.1, dtMax: 0.5 }),
  ...bothWays(S5Ssm, { ...s5, CInit: "complex_normal" }),
  ...bothWays(S5Ssm, { ...s5, CInit: "complex_normal", conjSym: false, discretization: "bilinear" }),
  kind(S5Ssm, { dModel: 1, ssmSize: 2, blocks: 1 }),
  kind(S5Ssm, { dModel: 3, ssmSize: 80, blocks: 1, conjSym: false }),

  kind(S5Layer, { ...aLayer, activation: "gelu", prenorm: true }),
  kind(S5Layer, { ...aLayer, activation: "full_glu" }),
  kind(S5Layer, { ...aLayer, activation: "half_glu1", prenorm: true, batchnorm: true }),
  kind(S5Layer, { ...aLayer, activation: "half_glu2", batchnorm: true, discretization: "bilinear", conjSym: false }),
  kind(S5Layer, { ...aLayer, bidirectional: true, stepRescale: 0.5 }),

  kind(Lru, { dModel: 5, dHidden: 7 }),
  kind(Lru, { dModel: 3, dHidden: 70, rMin: 0.9, rMax: 0.999, maxPhase: 0.3 }),
  kind(Lru, { dModel: 1, dHidden: 1, rMin: 0.5, rMax: 0.5 }),
  kind(LruLayer, { dModel: 4, dHidden: 6 }),
  kind(LruLayer, { dModel: 5, dHidden: 6, norm: "batch", prenorm: true }),

  kind(LinOss, { dModel: 5, stateDim: 6 }),
  kind(LinOss, { dModel: 5, stateDim: 13, discretization: "IMEX" }),
  kind(LinOss, { dModel: 5, stateDim: 6, discretization: "IMEX", damping: true }, stiff),
  kind(LinOss, { dModel: 2, stateDim: 12, discretization: "IMEX", damping: true, rMin: 0.5, thetaMax: 1 }, stiff),

  kind(Mamba, { dModel: 5, dState: 3 }),
  kind(Mamba, { dModel: 4, dState: 4, dtRank: 3, mixerRms: true, bias: true }),
  kind(Mamba2, { dModel: 4, dState: 3, headdim: 4 }),
  kind(Mamba2, { dModel: 8, dState: 3, headdim: 4, ngroups: 2, dtLimit: [0.001, 0.1] }),
  kind(MinGru, { dModel: 5 }),
  kind(MinGru, { dim: 4, expansionFactor: 1.5 }),
  kind(MinGru, { dModel: 4, expansionFactor: 3, projOut: false }),
  kind(MinLstm, { dModel: 5 }),
  kind(MinLstm, { dim: 4, expansionFactor: 1.5 }),
  kind(MinLstm, { dModel: 4, projOut: true }),
  kind(RgLru, { dModel: 6, numHeads: 2, wInitVarianceScale: 1 }),
  kind(RgLru, { width: 7 }),
  kind(RgLru, { dModel: 5, numHeads: 1 }),
  kind(Rnn, { dModel: 5 }),
  kind(Rnn, { dModel: 5, hiddenSize: 9 }),
  kind(LinearRnn, { dModel: 5, stateSize: 6 }),
  kind(LinearRnn, { dModel: 3 }),
  kind(LinearRnn, { dModel: 3, stateSize: 9, init: "ring", rMin: 0.5, rMax: 0.99, maxPhase: 1 }),

  ...(["zoh", "bilinear", "euler"] as const).flatMap((discretization) => [
    kind(Ssm, { dModel: 3, stateSize: 6, discretization, init: "legs", dt: 0.02 }),
    kind(Ssm, { dModel: 4, stateSize: 3, discretization, init: "legt", dt: 0.1 }),
    kind(Ssm, { dModel: 3, stateSize: 8, discretization, init: "fourier", dt: 0.01 }),
    kind(Ssm, { dModel: 2, stateSize: 5, discretization, init: "lagt", dtMin: 0.1, dtMax: 0.5 }),
    kind(Ssm, { dModel: 7, stateSize: 5, discretization, init: "random", dt: discretization === "euler" ? 0.02 : 0.3 }),
  ]),

  ...(["lin", "inv", "inv2", "quad", "legs", "real"] as const).flatMap((init) => (["zoh", "bilinear"] as const).map((disc) => kind(S4D, { ...s4, init, disc }))),
  kind(S4D, { ...s4, init: "diag-inv", nSsm: 2, channels: 2, dtTie: false }),
  kind(S4D, { ...s4, init: "real", rate: 2, realTransform: "softplus" }),
  kind(S4D, { ...s4, dtTransform: "softplus", realTransform: "relu", imagTransform: "exp", activation: "silu" }),
  kind(S4D, { ...s4, init: "lin", realTransform: "sigmoid", imagTransform: "softplus", activation: "tanh", finalAct: "identity" }),
  kind(S4D, { ...s4, realTransform: "none", imagTransform: "relu", activation: "identity", finalAct: "gelu" }),
  kind(S4D, { ...s4, bidirectional: true }),
  kind(S4D, { ...s4, init: "lin", disc: "bilinear", dtTransform: "softplus", bidirectional: true }),
  kind(S4D, { ...s4, init: "quad", nSsm: 2, channels: 2, dtTie: false, bidirectional: true, finalAct: "relu" }),
  kind(S4D, { ...s4, dState: 5, init: "real", isReal: true }),
  ...bothWays(S4, s4),
  kind(S4, { ...s4, init: "fourier", stepMode: "dense" }),
  kind(S4, { ...s4, rank: 2, nSsm: 2, realTransform: "softplus", dtTransform: "softplus" }),
  ...bothWays(S4, { ...s4, init: "legt", rank: 2, nSsm: 1, channels: 2 }),
  kind(S4, { ...s4, init: "fourier", activation: "sigmoid", finalAct: "tanh" }),
  kind(S4, { ...s4, init: "fout", rank: 3, dtTie: false, rate: 0.5 }),

  kind(SequenceModel, { ...deep, layer: { name: "MinGru" } }, { cannot: ["dt", "convolution"] }),
  kind(SequenceModel, { ...deep, layer: { name: "Mamba", options: { dState: 3 } }, norm: "rms" }, { cannot: ["dt", "convolution"] }),
  kind(SequenceModel, { ...deep, layer: { name: "S5Ssm", options: { ssmSize: 8, blocks: 2 } }, norm: "rms", prenorm: true, activation: "half_glu2", dInput: 3, dOutput: 2 }, { cannot: ["convolution"] }),
  kind(SequenceModel, { ...deep, layer: { name: "Lru", options: { dHidden: 6 } }, norm: "batch", activation: "full_glu", dInput: 3 }, { cannot: ["dt", "convolution"] }),
  kind(SequenceModel, { ...deep, layer: ({ dModel, seed, dtype }) => new LruLayer({ dModel, dHidden: 4, prenorm: true, dtype, seed }), dInput: 3 }, { cannot: ["dt", "convolution"] }),
  kind(SequenceModel, { ...deep, layer: { name: "S4D", options: { dState: 8, bidirectional: true } } }, { cannot: ["dt", "state", "step"] }),
  kind(ClassificationModel, { ...deep, layer: [{ name: "S5Ssm", options: { ssmSize: 8, blocks: 2 } }, { name: "Lru", options: { dHidden: 6 } }], activation: "none", mode: "none", dInput: 3, dOutput: 4 }, { cannot: ["dt", "convolution"] }),
];
