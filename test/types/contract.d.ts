/**
 * The public API as it is promised: names, shapes, places of options and results. The sources are checked against it;
 * they may add to it. Row-major typed arrays; shapes in brackets; h' is the state before.
 */

// ---------------------------------------------------------------- arrays
export type Real = Float32Array | Float64Array;
/** Planar complex numbers: two arrays of one shape. */
export interface Complex<T extends Real = Real> { re: T; im: T }
/** A named parameter; complex parameters keep the reference's own trailing axis of 2 (re, im). */
export interface Tensor<T extends Real = Real> { dims: readonly number[]; data: T }
/** An array that lives in the backend's memory (WASM); accepted wherever a typed array is, nothing is copied. `data` is a fresh view at each access. */
export interface Resident<T extends Real = Real> { readonly length: number; readonly data: T; dispose(): void; [Symbol.dispose](): void }
export type Input<T extends Real = Real> = T | Resident<T>;
/** From a tensor of onnxruntime ({data, dims}), ndarray or tfjs/jax-js ({data, shape}); C-contiguous only. */
export function fromTensor(tensor: { data: ArrayLike<number>; dims?: readonly number[]; shape?: readonly number[]; strides?: readonly number[] }): Tensor;

// ---------------------------------------------------------------- backends
export type BackendName = "native" | "wasm";
export interface Backend {
  readonly name: BackendName;
  readonly features: readonly string[]; // e.g. ["avx2", "fma"] or ["simd128"]
  readonly threads: number;
  /** In WASM an array of the module's memory, natively a plain one in the same wrapper. */
  resident(dtype: "float32" | "float64", length: number): Resident;
}
export interface InitOptions { backend?: BackendName | "auto"; threads?: number; deterministic?: boolean; wasm?: string | URL | BufferSource | WebAssembly.Module }
/** Loads and makes current. May be called again: the last call counts. Not needed in Node, where the first op loads `auto`. */
export function init(options?: InitOptions): Promise<Backend>;
/** Loads exactly the backend named, without making it current. */
export function loadBackend(name: BackendName, options?: Omit<InitOptions, "backend">): Promise<Backend>;
export function useBackend(backend: Backend): void;
export function currentBackend(): Backend;

export class ScanError extends Error { readonly code: "shape" | "dtype" | "backend" | "option" | "file" | "disposed" | "unsupported" }

// ---------------------------------------------------------------- scans
/** Options of every scan over time. `deterministic` overrides init's. */
export interface ScanOptions {
  reverse?: boolean; // the state enters at the end
  /** [batch, length]; a 1 at t makes h[t] start from zero: a select, so NaN does not pass. */
  reset?: Uint8Array;
  /** Packed sequences: rising, from 0 to length, batch 1; states are [sequences, ...]. */
  cuSeqlens?: Int32Array;
  deterministic?: boolean;
}
export interface Dims { batch: number; length: number; channels: number }

/** h = a h' + b. a: [batch, length, channels], [length, channels] or [channels]; b: [batch, length, channels]; state: [batch, channels], zero if left out. */
export function linearScan<T extends Real>(inputs: { a: Input<T>; b: Input<T>; state?: Input<T> }, dims: Dims, options?: ScanOptions & { out?: { h?: Input<T>; state?: Input<T> } }): { h: T; state: T };
/** The same, complex. */
export function complexScan<T extends Real>(inputs: { a: Complex<T>; b: Complex<T>; state?: Complex<T> }, dims: Dims, options?: ScanOptions & { out?: { h?: Complex<T>; state?: Complex<T> } }): { h: Complex<T>; state: Complex<T> };
/** h = A h' + b. A: [batch, length, n, n], [length, n, n] or [n, n]; b, h: [batch, length, n]; state: [batch, n]. */
export function matrixScan<T extends Real>(inputs: { A: Input<T>; b: Input<T>; state?: Input<T> }, dims: { batch: number; length: number; n: number }, options?: ScanOptions & { out?: { h?: Input<T>; state?: Input<T> } }): { h: T; state: T };

/** What a whole sequence does to a state: state -> a * state + b. a, b: [batch, channels] (matrix: A [batch, n, n], b [batch, n]). */
export function summarizeLinear<T extends Real>(inputs: { a: Input<T>; b: Input<T> }, dims: Dims): { a: T; b: T };
export function summarizeComplex<T extends Real>(inputs: { a: Complex<T>; b: Complex<T> }, dims: Dims): { a: Complex<T>; b: Complex<T> };
export function summarizeMatrix<T extends Real>(inputs: { A: Input<T>; b: Input<T> }, dims: { batch: number; length: number; n: number }): { A: T; b: T };
/** first, then second. */
export function combineLinear<T extends Real>(first: { a: T; b: T }, second: { a: T; b: T }): { a: T; b: T };
export function combineComplex<T extends Real>(first: { a: Complex<T>; b: Complex<T> }, second: { a: Complex<T>; b: Complex<T> }): { a: Complex<T>; b: Complex<T> };
export function combineMatrix<T extends Real>(first: { A: T; b: T }, second: { A: T; b: T }, n: number): { A: T; b: T };
/** All prefixes (inclusive) under any associative operator, by a tree of depth 2 log2 n; suffixes with `reverse` (operands keep their order in time). */
export function associativeScan<E>(combine: (earlier: E, later: E) => E, elements: readonly E[], options?: { reverse?: boolean }): E[];

// ---------------------------------------------------------------- Mamba and convolution
/**
 * delta = softplus?(dt + dtBias); h = exp(delta A) h' + delta B u; y = C h + D u; y *= silu(z) if z.
 * u, dt, z, y: [batch, length, channels]; A: [channels, states]; B, C: [batch, length, groups, states] or [channels, states] (groups left out);
 * D, dtBias: [channels]; state: [batch, channels, states]. Channel c uses group floor(c * groups / channels).
 * With a complex A: B, C and state are complex too (planar) and y = 2 Re(C h) + D u.
 */
export function selectiveScan<T extends Real>(
  inputs: { u: Input<T>; dt: Input<T>; A: Input<T> | Complex<T>; B: Input<T> | Complex<T>; C: Input<T> | Complex<T>; D?: Input<T>; z?: Input<T>; dtBias?: Input<T>; state?: Input<T> | Complex<T> },
  dims: Dims & { states: number; groups?: number },
  options?: ScanOptions & { dtSoftplus?: boolean; returnStates?: "last" | "chunks" | "all"; out?: { y?: Input<T>; state?: Input<T> } },
): { y: T; state: T | Complex<T>; states?: T | Complex<T> };
/** One step, in place on a pool of states [slots, channels, states]; slots: Int32Array [batch], negative = padding (y 0, nothing written). u, dt, z, y: [batch, channels]; B, C: [batch, groups, states]. */
export function selectiveStep<T extends Real>(state: T, inputs: { u: T; dt: T; A: T; B: T; C: T; D?: T; z?: T; dtBias?: T; slots?: Int32Array }, dims: { batch: number; channels: number; states: number; groups?: number }, options?: { dtSoftplus?: boolean; out?: { y?: T } }): { y: T };
/**
 * Mamba-2: delta = clamp(softplus?(dt + dtBias), dtLimit); h = exp(delta A) h' + delta x (x) B; y = C h + D x; y *= silu(z) if z.
 * x, z, y: [batch, length, heads, headDim]; dt: [batch, length, heads]; A, dtBias: [heads]; D: [heads] or [heads, headDim];
 * B, C: [batch, length, groups, states]; state: [batch, heads, headDim, states].
 */
export function ssd<T extends Real>(
  inputs: { x: Input<T>; dt: Input<T>; A: Input<T>; B: Input<T>; C: Input<T>; D?: Input<T>; z?: Input<T>; dtBias?: Input<T>; state?: Input<T> },
  dims: { batch: number; length: number; heads: number; headDim: number; states: number; groups?: number },
  options?: ScanOptions & { dtSoftplus?: boolean; dtLimit?: readonly [number, number]; chunk?: number; out?: { y?: Input<T>; state?: Input<T> } },
): { y: T; state: T };
/** Depthwise, causal. x, y: [batch, length, channels]; weight: [channels, width] (last tap is the present); bias: [channels]; state: [batch, channels, width - 1], oldest first. */
export function causalConv1d<T extends Real>(inputs: { x: Input<T>; weight: Input<T>; bias?: Input<T>; state?: Input<T> }, dims: Dims & { width: number }, options?: { activation?: "none" | "silu"; reset?: Uint8Array; cuSeqlens?: Int32Array; out?: { y?: Input<T> } }): { y: T; state: T };
/** Causal long convolution by FFT. u, y: [batch, length, channels]; kernel: [channels, kernelLength]. */
export function fftConv<T extends Real>(inputs: { u: Input<T>; kernel: Input<T> }, dims: Dims & { kernelLength: number }, options?: { out?: { y?: Input<T> } }): { y: T };

// Every op above that takes dims also has
//   xxxAsync(inputs, dims, options & { signal?: AbortSignal }): Promise<same result>   off the event loop; cancelled within a few ms, rejects with signal.reason
//   xxxBackward(inputs, gradients, dims, options): gradients of every input given       gradients = { h | y, state? }: those of the results; names as the inputs'
// e.g. linearScanBackward({ a, b, state }, { h: dh, state: dstate }, dims, options) -> { a, b, state }

// ---------------------------------------------------------------- layers
export interface ForwardOptions<S> {
  state?: S;
  /** A multiplier of the layer's own step, irregular sampling: [length] or [batch, length]. */
  dt?: Real;
  reset?: Uint8Array;
  /** Valid steps of each right-padded sequence, [batch]. */
  lengths?: Int32Array;
  mode?: "auto" | "scan" | "convolution" | "recurrent";
}
/** S is a plain object of typed arrays, so that it can be copied, sent and saved. */
export interface Layer<S extends Record<string, Real> = Record<string, Real>> {
  readonly dModel: number;
  /** u: [batch, length, dModel], y: [batch, length, dOutput ?? dModel]. A bidirectional layer refuses `state` and `step` (code "unsupported"). */
  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<S>): { y: Real; state: S };
  /** u, y: [batch, dModel]. `out` and an in-place `state` make it allocation-free. */
  step(u: Real, state: S, options?: { dt?: Real; out?: Real }): { y: Real; state: S };
  initialState(batch: number): S;
  parameters(): Record<string, Tensor>; // live; the reference's names and shapes
  loadParameters(parameters: Record<string, Tensor>, options?: { strict?: boolean; prefix?: string }): void;
}
/** Of every layer. */
export interface LayerOptions { dtype?: "float32" | "float64"; seed?: number }
export class S5Ssm implements Layer {
  constructor(options: LayerOptions & {
    dModel: number; ssmSize?: number; blocks?: number; CInit?: "trunc_standard_normal" | "lecun_normal" | "complex_normal"; discretization?: "zoh" | "bilinear";
    dtMin?: number; dtMax?: number; conjSym?: boolean; clipEigs?: boolean; bidirectional?: boolean; stepRescale?: number });
  readonly dModel: number; forward: Layer["forward"]; step: Layer["step"]; initialState: Layer["initialState"]; parameters: Layer["parameters"]; loadParameters: Layer["loadParameters"];
}
// The others in the same form (options: their references' names in camelCase, with the references' defaults, and their values as strings):
// Rnn, LinearRnn, Ssm, S4, S4D, S5Layer, Lru, LruLayer, MinGru, MinLstm, RgLru, LinOss, Mamba, Mamba2; SequenceModel, ClassificationModel (logits).
export interface GenerateOptions { maxNewTokens?: number; temperature?: number; topK?: number; topP?: number; repetitionPenalty?: number; seed?: number; stop?: readonly number[]; signal?: AbortSignal }
/** Mamba2ForCausalLM has the same members. */
export class MambaForCausalLM {
  static fromPretrained(source: string | URL | ReadonlyMap<string, Uint8Array>, options?: { weights?: "float32" | "bfloat16" | "float16"; fetch?: typeof fetch }): Promise<MambaForCausalLM>;
  /** ids: [batch, length] -> logits [batch, length, vocabulary]. */
  forward(ids: Int32Array, dims: { batch: number; length: number }, options?: { state?: unknown; lengths?: Int32Array }): { logits: Float32Array; state: unknown };
  /** Mean cross-entropy of each next token, in nats. */
  loss(ids: Int32Array, dims: { batch: number; length: number }): number;
  /** Greedy where temperature is 0 (the default). */
  generate(prompt: Int32Array, options?: GenerateOptions): AsyncIterable<number>;
  parameters(): Record<string, Tensor>;
}
