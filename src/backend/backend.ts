// What runs the kernels.
import type { Dtype, Input, Resident } from "../arrays.js";

/** The backends that come with the library. */
export type BackendName = "native" | "wasm";

/** Where operators run. */
export interface Backend {
  readonly name: BackendName;
  /** The vector instructions that kernels use, such as "avx2", "simd128" or "relaxed-simd". */
  readonly features: readonly string[];
  /** Threads, the caller's own included. */
  readonly threads: number;
  /** In WASM an array of the module's memory, natively a plain one in the same wrapper; zeros. */
  resident(dtype: Dtype, length: number): Resident;
}

/** How to load a backend. */
export interface InitOptions {
  /** "auto" (the default) is native, else WASM; the environment's SSM_SCAN_BACKEND says what "auto" is. */
  backend?: BackendName | "auto";
  /** Threads, the caller's own included; every core by default. WASM has one. */
  threads?: number;
  /** Whether scans give the same bits on any number of threads; false by default. */
  deterministic?: boolean;
  /** Where the WASM module comes from; by default the package's own, with relaxed SIMD where the engine knows it. */
  wasm?: string | URL | BufferSource | WebAssembly.Module;
}

/** The kernels of both bindings, by the names they have there. */
export type KernelName =
  | "linearScan"
  | "linearScanBackward"
  | "summarizeLinear"
  | "combineLinear"
  | "complexScan"
  | "complexScanBackward"
  | "summarizeComplex"
  | "combineComplex"
  | "matrixScan"
  | "matrixScanBackward"
  | "summarizeMatrix"
  | "combineMatrix"
  | "diagonalSsm"
  | "oscillator"
  | "oscillation"
  | "oscillationBackward"
  | "discretize"
  | "makeHippo"
  | "makeDplrHippo"
  | "pushSamples"
  | "discretizeSystem"
  | "matrixConvolution"
  | "skewEigen"
  | "dense"
  | "columnSums"
  | "diagonalSsmBackward"
  | "pointwise"
  | "norm"
  | "normBackward"
  | "matmul"
  | "gatedNorm"
  | "fftConv"
  | "causalConv1d"
  | "causalConv1dBackward"
  | "ssd"
  | "ssdBackward"
  | "minGates"
  | "rgLruGates"
  | "rnn"
  | "rnnBackward"
  | "sisoSsm"
  | "sisoSsmBackward"
  | "vandermonde"
  | "vandermondeBackward"
  | "truncation"
  | "cauchy"
  | "diagonalize"
  | "same"
  | "selectiveScan"
  | "selectiveScanBackward"
  | "complexSelectiveScan"
  | "complexSelectiveScanBackward"
  | "selectiveStep";

/** Kernels of both bindings that make text of bytes or bytes of text. */
export interface Conversions {
  /** The JSON of a safetensors header, judged; in the file it is followed by `data` bytes. */
  readTensorHeader(header: Uint8Array, data: number): string;
  /** The first bytes of a file with this JSON as its header. */
  writeTensorHeader(header: string): Uint8Array;
}

/** Words of 16 bits, such as weights, in the backend's memory. */
export interface Words {
  readonly length: number;
  /** A fresh view at each access. */
  readonly data: Uint16Array;
  /** Gives the memory back; any later use is an error. */
  dispose(): void;
}

/** Arrays by the names that errors call them; undefined where one is left out. */
export type Inputs = Readonly<Record<string, Input | Words | Uint8Array | Uint16Array | Int32Array | undefined>>;
export type Outputs = Readonly<Record<string, Input>>;

/** A backend as operators see it. */
export interface Engine extends Backend {
  readonly deterministic: boolean;
  /** In WASM a copy in the module's memory, natively the words themselves. */
  words(words: Uint16Array): Words;
  /**
   * Runs a kernel: its numbers, its inputs and its outputs, each in the kernel's own order. Arguments
   * arrive complete, outputs allocated; the core judges lengths.
   */
  call(kernel: KernelName, numbers: readonly number[], inputs: Inputs, outputs: Outputs): void;
  /** Runs a kernel on bytes or text: what it takes is copied in, and what it makes is the caller's. */
  convert<K extends keyof Conversions>(kernel: K, ...args: Parameters<Conversions[K]>): ReturnType<Conversions[K]>;
}

/** Bits of a kernel's `flags`, as in `crates/core/src/binding/flag.rs`. */
export const flag = { reverse: 1, deterministic: 2, adds: 4, shifted: 8, bilinear: 16, transposed: 32, rms: 64, softplus: 128, transposedSecond: 512, inPlace: 1024 } as const;
