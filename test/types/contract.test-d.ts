// Every export that exists is what the contract promises. The compiler is the judge: nothing here runs.
import type * as library from "ssm-scan";
import type * as contract from "./contract.js";

/** Compiles only where what there is can stand in for what is promised. */
type Keeps<Promised, Actual extends Promised> = [Promised, Actual];
/** Compiles only where each can stand in for the other. */
type Same<Promised, Actual extends Promised> = [Keeps<Promised, Actual>, Back<Promised, Actual>];
type Back<Promised, Actual> = Promised extends Actual ? true : never;
/** Compiles only where callers may hand over what the contract lets them. */
type Takes<Promised extends Actual, Actual> = [Promised, Actual];

export type Backends = [
  Keeps<typeof contract.init, typeof library.init>,
  Keeps<typeof contract.loadBackend, typeof library.loadBackend>,
  Keeps<typeof contract.useBackend, typeof library.useBackend>,
  Keeps<typeof contract.currentBackend, typeof library.currentBackend>,
  Keeps<contract.Backend, library.Backend>,
  Same<contract.BackendName, library.BackendName>,
  Takes<contract.InitOptions, library.InitOptions>,
];

export type Arrays = [
  Keeps<typeof contract.fromTensor, typeof library.fromTensor>,
  Same<contract.Real, library.Real>,
  Same<contract.Complex, library.Complex>,
  Same<contract.Complex<Float64Array>, library.Complex<Float64Array>>,
  Same<contract.Tensor, library.Tensor>,
  Keeps<contract.Resident, library.Resident>,
  Takes<contract.Input, library.Input>,
  Takes<contract.Input<Float32Array>, library.Input<Float32Array>>,
];

export type Errors = [
  Keeps<contract.ScanError, library.ScanError>,
  Same<contract.ScanError["code"], library.ScanError["code"]>,
];

export type Scans = [
  Keeps<typeof contract.linearScan, typeof library.linearScan>,
  Keeps<typeof contract.complexScan, typeof library.complexScan>,
  Keeps<typeof contract.matrixScan, typeof library.matrixScan>,
  Keeps<typeof contract.summarizeLinear, typeof library.summarizeLinear>,
  Keeps<typeof contract.summarizeComplex, typeof library.summarizeComplex>,
  Keeps<typeof contract.summarizeMatrix, typeof library.summarizeMatrix>,
  Keeps<typeof contract.combineLinear, typeof library.combineLinear>,
  Keeps<typeof contract.combineComplex, typeof library.combineComplex>,
  Keeps<typeof contract.combineMatrix, typeof library.combineMatrix>,
  Keeps<typeof contract.associativeScan, typeof library.associativeScan>,
  Keeps<typeof contract.fftConv, typeof library.fftConv>,
  Keeps<typeof contract.ssd, typeof library.ssd>,
  Keeps<typeof contract.causalConv1d, typeof library.causalConv1d>,
  Keeps<typeof contract.selectiveScan, typeof library.selectiveScan>,
  Keeps<typeof contract.selectiveStep, typeof library.selectiveStep>,
  Takes<contract.ScanOptions, library.ScanOptions>,
  Takes<contract.Dims, library.Dims>,
];

/** What the contract says of all: `xxxBackward(inputs, gradients, dims, options)`. */
type SelectiveScanBackward = <T extends contract.Real>(
  inputs: Parameters<typeof contract.selectiveScan<T>>[0],
  gradients: { y: contract.Input<T>; state?: contract.Input<T> | contract.Complex<T> },
  dims: Parameters<typeof contract.selectiveScan<T>>[1],
  options?: contract.ScanOptions & { dtSoftplus?: boolean },
) => Record<"u" | "dt", T> & Record<"A" | "B" | "C", T | contract.Complex<T>> & Partial<Record<"D" | "z" | "dtBias", T> & { state: T | contract.Complex<T> }>;

type SsdBackward = <T extends contract.Real>(
  inputs: Parameters<typeof contract.ssd<T>>[0],
  gradients: { y: contract.Input<T>; state?: contract.Input<T> },
  dims: Parameters<typeof contract.ssd<T>>[1],
  options?: contract.ScanOptions & { dtSoftplus?: boolean; dtLimit?: readonly [number, number]; chunk?: number },
) => Record<"x" | "dt" | "A" | "B" | "C", T> & Partial<Record<"D" | "z" | "dtBias" | "state", T>>;

type CausalConv1dBackward = <T extends contract.Real>(
  inputs: Parameters<typeof contract.causalConv1d<T>>[0],
  gradients: { y: contract.Input<T>; state?: contract.Input<T> },
  dims: Parameters<typeof contract.causalConv1d<T>>[1],
  options?: { activation?: "none" | "silu"; reset?: Uint8Array; cuSeqlens?: Int32Array },
) => Record<"x" | "weight", T> & Partial<Record<"bias" | "state", T>>;

export type Gradients = [
  Keeps<SelectiveScanBackward, typeof library.selectiveScanBackward>,
  Keeps<SsdBackward, typeof library.ssdBackward>,
  Keeps<CausalConv1dBackward, typeof library.causalConv1dBackward>,
];

/** The two precisions are told apart: what goes in comes out. */
export type Precisions = [
  Keeps<{ h: Float32Array; state: Float32Array }, ReturnType<typeof library.linearScan<Float32Array>>>,
  Keeps<{ h: Float64Array; state: Float64Array }, ReturnType<typeof library.matrixScan<Float64Array>>>,
  Keeps<{ h: contract.Complex<Float64Array> }, ReturnType<typeof library.complexScan<Float64Array>>>,
];

export type Layers = [
  Keeps<contract.Layer, library.Layer>,
  Keeps<contract.Layer, library.S5Ssm>,
  Keeps<contract.S5Ssm, library.S5Ssm>,
  Keeps<typeof contract.S5Ssm, typeof library.S5Ssm>,
  Takes<contract.LayerOptions, library.LayerOptions>,
  Takes<contract.ForwardOptions<Record<string, contract.Real>>, library.ForwardOptions<Record<string, contract.Real>>>,
  Takes<ConstructorParameters<typeof contract.S5Ssm>[0], ConstructorParameters<typeof library.S5Ssm>[0]>,
];

export type Others = [
  Keeps<contract.Layer, library.ClassificationModel>,
  Keeps<contract.Layer, library.LinearRnn>,
  Keeps<contract.Layer, library.LinOss>,
  Keeps<contract.Layer, library.Lru>,
  Keeps<contract.Layer, library.LruLayer>,
  Keeps<contract.Layer, library.Mamba>,
  Keeps<contract.Layer, library.Mamba2>,
  Keeps<contract.Layer, library.MinGru>,
  Keeps<contract.Layer, library.MinLstm>,
  Keeps<contract.Layer, library.RgLru>,
  Keeps<contract.Layer, library.Rnn>,
  Keeps<contract.Layer, library.S4>,
  Keeps<contract.Layer, library.S4D>,
  Keeps<contract.Layer, library.S5Layer>,
  Keeps<contract.Layer, library.SequenceModel>,
  Keeps<contract.Layer, library.Ssm>,
];

export type LanguageModels = [
  Keeps<typeof contract.MambaForCausalLM, typeof library.MambaForCausalLM>,
  Keeps<typeof contract.MambaForCausalLM, typeof library.Mamba2ForCausalLM>,
  Takes<contract.GenerateOptions, library.GenerateOptions>,
];

interface Hippo {
  A: contract.Tensor;
  B: contract.Tensor;
}

interface DplrHippo {
  Lambda: contract.Complex<Float64Array>;
  P: contract.Complex<Float64Array>;
  B: contract.Complex<Float64Array>;
  V: contract.Complex<Float64Array>;
}

export type Initialisers = [
  Keeps<(n: number) => Hippo, typeof library.makeHippo>,
  Keeps<(n: number) => DplrHippo, typeof library.makeDplrHippo>,
];
