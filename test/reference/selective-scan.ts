// The selective scan, transcribed from its definition: one step at a time, in float64.
import type { Complex, Real } from "ssm-scan";

export interface SelectiveSizes {
  batch: number;
  length: number;
  channels: number;
  states: number;
  groups?: number;
}

export interface SelectiveGiven {
  u: Real;
  dt: Real;
  A: Real | Complex;
  B: Real | Complex;
  C: Real | Complex;
  D?: Real;
  z?: Real;
  dtBias?: Real;
  state?: Real | Complex;
}

export interface SelectiveHow {
  reverse?: boolean;
  reset?: Uint8Array;
  cuSeqlens?: Int32Array;
  dtSoftplus?: boolean;
}

export interface SelectiveTruth {
  y: Float64Array;
  /** Planes of the last states: [sequences, channels, states]. */
  state: Float64Array[];
  /** Planes of all states: [batch, length, channels, states]. */
  states: Float64Array[];
}

const at = (value: Real | Complex, i: number): [number, number] => ("re" in value ? [value.re[i]!, value.im[i]!] : [value[i]!, 0]);
const lengthOf = (value: Real | Complex): number => ("re" in value ? value.re : value).length;
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const silu = (x: number): number => x / (1 + Math.exp(-x));

export function selectiveScan(given: SelectiveGiven, sizes: SelectiveSizes, how: SelectiveHow = {}): SelectiveTruth {
  const { batch, length, channels, states, groups = 1 } = sizes;
  const { u, dt, A, B, C, D, z, dtBias, state } = given;
  const isComplex = "re" in A;
  const bounds = how.cuSeqlens ?? Int32Array.from({ length: batch + 1 }, (_, i) => i * length);
  const sequences = bounds.length - 1;
  const planes = (count: number): Float64Array[] => (isComplex ? [0, 0] : [0]).map(() => new Float64Array(count));
  const result: SelectiveTruth = { y: new Float64Array(u.length), state: planes(sequences * channels * states), states: planes(u.length * states) };
  const isFixed = (value: Real | Complex): boolean => lengthOf(value) !== batch * length * groups * states || (sizes.groups === undefined && lengthOf(value) === channels * states);
  const [fixedB, fixedC] = [isFixed(B), isFixed(C)];
  for (let s = 0; s < sequences; s++) {
    const rows = Array.from({ length: bounds[s + 1]! - bounds[s]! }, (_, k) => bounds[s]! + k);
    for (let c = 0; c < channels; c++) {
      const group = Math.floor((c * groups) / channels);
      for (let n = 0; n < states; n++) {
        const own = (s * channels + c) * states + n;
        let [re, im] = state === undefined ? [0, 0] : at(state, own);
        const [ar, ai] = at(A, c * states + n);
        for (const t of how.reverse ? rows.toReversed() : rows) {
          const i = t * channels + c;
          const bare = dt[i]! + (dtBias?.[c] ?? 0);
          const delta = how.dtSoftplus ? softplus(bare) : bare;
          if (how.reset?.[t]) [re, im] = [0, 0];
          const [br, bi] = at(B, fixedB ? c * states + n : (t * groups + group) * states + n);
          const [cr, ci] = at(C, fixedC ? c * states + n : (t * groups + group) * states + n);
          const size = Math.exp(delta * ar);
          const input = delta * u[i]!;
          if (isComplex) {
            const [gr, gi] = [size * Math.cos(delta * ai), size * Math.sin(delta * ai)];
            [re, im] = [gr * re - gi * im + input * br, gr * im + gi * re + input * bi];
            result.states[1]![i * states + n] = im;
            result.y[i]! += 2 * (cr * re - ci * im);
          } else {
            re = size * re + input * br;
            result.y[i]! += cr * re;
          }
          result.states[0]![i * states + n] = re;
        }
        result.state[0]![own] = re;
        if (isComplex) result.state[1]![own] = im;
      }
    }
  }
  for (let i = 0; i < u.length; i++) {
    const y = result.y[i]! + (D?.[i % channels] ?? 0) * u[i]!;
    result.y[i] = z === undefined ? y : y * silu(z[i]!);
  }
  return result;
}
