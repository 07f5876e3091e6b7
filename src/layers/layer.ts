// What every layer is.
import type { Dtype, Real, Tensor } from "../arrays.js";
import { aBoolean, aReal, anObject, aString, bytes, type Checks, integers, oneOf } from "../options.js";

/** How a time-invariant layer is computed; all ways agree. */
export type Mode = "auto" | "scan" | "convolution" | "recurrent";

/** Options of {@link Layer.forward}. */
export interface ForwardOptions<S> {
  /** The state that enters; of sequences that have not begun if left out. */
  state?: S;
  /** A multiplier of the layer's own step, irregular sampling: [length] or [batch, length]. */
  dt?: Real;
  /** [batch, length]; a 1 at t begins a new sequence there. */
  reset?: Uint8Array;
  /** Valid steps of each right-padded sequence, [batch]. */
  lengths?: Int32Array;
  /** "auto" by default. */
  mode?: Mode;
}

/** A sequence layer. S is a plain object of typed arrays, so that it can be copied, sent and saved. */
export interface Layer<S extends Record<string, Real> = Record<string, Real>> {
  readonly dModel: number;
  /** Features of the input and of the output, where they are not `dModel`. */
  readonly dInput?: number;
  readonly dOutput?: number;
  /** Those of the constructor, complete; JSON can hold them. */
  readonly options?: Readonly<LayerOptions>;
  /**
   * u: [batch, length, dModel], y: [batch, length, dModel], zero in padding. A bidirectional layer refuses `state` and
   * `step` with a ScanError of code "unsupported".
   */
  forward(u: Real, dims: { batch: number; length: number }, options?: ForwardOptions<S>): { y: Real; state: S };
  /** One step: u, y [batch, dModel]. `state` is updated in place; with `out` nothing is allocated. */
  step(u: Real, state: S, options?: { dt?: Real; out?: Real }): { y: Real; state: S };
  /** The state of `batch` sequences that have not begun. */
  initialState(batch: number): S;
  /** Live: what is written into their `data` counts from the next call on. The reference's names and shapes. */
  parameters(): Record<string, Tensor>;
  /** Copies parameters in, converted to the layer's dtype; all or, where a ScanError is thrown, none. */
  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void;
}

/** Options of {@link Layer.loadParameters}. */
export interface LoadOptions {
  /** Whether missing and unexpected names are errors; true by default. */
  strict?: boolean;
  /** What the names begin with; empty by default. */
  prefix?: string;
}

/** Options of every layer. */
export interface LayerOptions {
  /** "float32" by default. */
  dtype?: Dtype;
  /** Of the initial parameters; 0 by default. */
  seed?: number;
}

export const dtypes: Readonly<Record<Dtype, true>> = { float32: true, float64: true };

const modes: Readonly<Record<Mode, true>> = { auto: true, scan: true, convolution: true, recurrent: true };

/** Checks of {@link ForwardOptions}. */
export const forwardChecks: Checks = { state: anObject, dt: aReal, reset: bytes, lengths: integers, mode: oneOf(modes) };

/** Checks of a step's options. */
export const stepChecks: Checks = { dt: aReal, out: aReal };

/** Checks of {@link LoadOptions}. */
export const loadChecks: Checks = { strict: aBoolean, prefix: aString };
