// HiPPO as what it is: a memory that approximates the past of a signal while it comes in.
import type { Real } from "../arrays.js";
import { engine } from "../backend/current.js";
import { ScanError } from "../error.js";
import { aMeasure, type HippoMeasure, makeHippo } from "../init/hippo.js";
import { discretizeSystem, rules, type System } from "../init/system.js";
import { aCount, aPositive, checkOptions, oneOf } from "../options.js";
import { bases } from "./hippo-basis.js";

/** Options of {@link HippoMemory}. */
export interface HippoMemoryOptions {
  /** Coefficients that are kept; even for "fourier". */
  size: number;
  /** What is remembered, and how; "legs". */
  measure?: HippoMeasure;
  /**
   * How far back, in the unit of `step`: the length of the window of "legt" and "fourier", the time in which what "lagt"
   * remembers shrinks by the factor e in weight. 1024 steps by default; "legs" remembers everything, and takes none.
   */
  window?: number;
  /** The time between two samples; 1. */
  step?: number;
  /** "bilinear". */
  discretization?: "bilinear" | "zoh";
}

const checks = { size: aCount, measure: aMeasure, window: aPositive, step: aPositive, discretization: oneOf({ bilinear: true, zoh: true }) };

/**
 * Online function approximation: a signal's past as `size` coefficients of orthogonal functions, updated at each sample
 * in O(size^2), "legs" in O(size). In float64. (Gu et al. 2020, arXiv:2008.07669, HiPPO.)
 *
 * The k-th sample of "legs", which counts from 1, moves the coefficients by `(A c + B f) / k`: "bilinear" by a step of 1, "zoh" held
 * from k to k + 1, so that what was before the first sample counts as one step of zeros (HazyResearch/hippo-code
 * `HiPPO_LegS`). The others are systems that do not change: `c' = rate (A c + B f)`, with a rate of 2 / window for "legt" and
 * "fourier" and 1 / window for "lagt"; what was before the first sample counts as zeros.
 */
export class HippoMemory {
  /** The constructor's, complete but for a `window` that "legs" does not have. */
  readonly options: Readonly<Omit<Required<HippoMemoryOptions>, "window"> & { window?: number }>;
  readonly #system: System | undefined;
  #coefficients: Float64Array;
  #leaving: Float64Array;
  #seen = 0;

  constructor(options: HippoMemoryOptions) {
    const { size, measure = "legs", step = 1, window, discretization = "bilinear" } = checkOptions("HippoMemory", options, checks);
    if (size === undefined) throw new ScanError("option", "HippoMemory: `size` is missing, expected a whole number of at least 1");
    if (measure === "legs" && window !== undefined) {
      throw new ScanError("option", `HippoMemory: \`window\` of ${window} is for other measures, "legs" remembers everything`);
    }
    const own = { size, measure, step, discretization };
    this.options = measure === "legs" ? own : { ...own, window: window ?? 1024 * step };
    this.#system = systemOf(this.options);
    this.#coefficients = new Float64Array(size);
    this.#leaving = new Float64Array(size);
  }

  /** How many samples came in. */
  get length(): number {
    return this.#seen;
  }

  /** The coefficients after the last sample, [size]; a copy. */
  get coefficients(): Float64Array {
    return this.#coefficients.slice();
  }

  /** Takes samples in, the oldest first. */
  push(samples: Real | readonly number[]): void {
    if (!(Array.isArray(samples) || samples instanceof Float32Array || samples instanceof Float64Array)) {
      throw new ScanError("dtype", `\`samples\` must be a Float32Array, a Float64Array or a plain array, got ${typeof samples} ${String(samples)}`);
    }
    const numbers = Float64Array.from(samples as ArrayLike<number>);
    const inputs = { A: this.#system?.A, B: this.#system?.B, samples: numbers, coefficients: this.#coefficients };
    engine().call("pushSamples", [rules[this.options.discretization], this.#seen], inputs, { "out.coefficients": this.#leaving });
    [this.#leaving, this.#coefficients] = [this.#coefficients, this.#leaving];
    this.#seen += numbers.length;
  }

  /**
   * The past as the coefficients tell it, [ages]: each age is how long ago, in the unit of `step`, 0 being the present. Ages
   * go up to the time that has passed ("legs") or to the window; of "lagt" there is no oldest.
   */
  reconstruct(ages: Real | readonly number[]): Float64Array {
    const { size, measure } = this.options;
    const span = this.#span;
    const values = new Float64Array(size);
    return Float64Array.from(ages as ArrayLike<number>, (age) => {
      if (!(age >= 0 && (measure === "lagt" || age <= span))) {
        throw new ScanError("option", `\`ages\` must be from 0 to ${measure === "lagt" ? Infinity : span}, got ${age}`);
      }
      bases[measure](span === 0 ? 0 : age / span, values);
      return values.reduce((sum, value, n) => sum + this.#coefficients[n]! * value, 0);
    });
  }

  /** Forgets everything. */
  reset(): void {
    this.#coefficients.fill(0);
    this.#seen = 0;
  }

  /** The age that functions count as 1. */
  get #span(): number {
    return this.options.window ?? this.#seen * this.options.step;
  }
}

/** The discrete system; none for "legs", whose rate changes. */
function systemOf({ size, measure, window, step, discretization }: HippoMemory["options"]): System | undefined {
  if (window === undefined) return undefined;
  const { A, B } = makeHippo(size, measure);
  const out = { A: new Float64Array(size * size), B: new Float64Array(size) };
  const rate = measure === "lagt" ? 1 : 2;
  discretizeSystem(engine(), discretization, size, (rate * step) / window, { A: A.data, B: B.data }, out);
  return out;
}
