// Layers whose state passes from step to step, by their definition in f64: one sequence, one step at a time.
import type { Dims, Real, Tensor } from "ssm-scan";

type Parameters = Record<string, Tensor>;

/** A layer by what one step does. */
export interface Definition<K extends string = string> {
  /** Elements of each plane of the state. */
  state: Record<K, number>;
  /** y of one step of one sequence; moves the state. */
  step(u: number[], state: Record<K, number[]>): number[];
}

export interface Forward<K extends string = string> {
  state?: Record<K, Real> | undefined;
  /** [batch, length] */
  reset?: Uint8Array | undefined;
  /** [batch] */
  lengths?: Int32Array | undefined;
  /** What a precision makes of each number of a state. */
  round?: (value: number) => number;
}

/** What `forward` is. */
export function recurrent(
  { state: sizes, step }: Definition,
  u: Real,
  { batch, length }: Pick<Dims, "batch" | "length">,
  { state, reset, lengths, round }: Forward = {},
): { y: Float64Array; state: Record<string, Float64Array> } {
  const rows = (array: Real, count: number): number[][] =>
    Array.from({ length: count }, (_, i) => [...array.subarray((i * array.length) / count, ((i + 1) * array.length) / count)]);
  const keys = Object.keys(sizes);
  const begin = () => Object.fromEntries(keys.map((key) => [key, new Array<number>(sizes[key]!).fill(0)]));
  const last = Object.fromEntries(keys.map((key) => [key, new Float64Array(batch * sizes[key]!)]));
  const width = step(new Array<number>(u.length / Math.max(batch * length, 1)).fill(0), begin()).length;
  const y = new Float64Array(batch * length * width);
  const inputs = rows(u, batch * length);
  for (let n = 0; n < batch; n++) {
    let own = state === undefined ? begin() : Object.fromEntries(keys.map((key) => [key, rows(state[key]!, batch)[n]!]));
    for (let t = 0; t < (lengths?.[n] ?? length); t++) {
      if (reset?.[n * length + t]) own = begin();
      y.set(step(inputs[n * length + t]!, own), (n * length + t) * width);
      if (round !== undefined) for (const key of keys) own[key] = own[key]!.map(round);
    }
    for (const key of keys) last[key]!.set(own[key]!, n * sizes[key]!);
  }
  return { y, state: last };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** `W x` of W [outputs, inputs]. */
function times({ dims, data }: Tensor, x: number[]): number[] {
  return Array.from({ length: dims[0]! }, (_, i) => x.reduce((sum, value, k) => sum + data[i * x.length + k]! * value, 0));
}

/** What makes a hidden value positive. */
const g = (x: number): number => (x >= 0 ? x + 0.5 : sigmoid(x));

/** minGRU: h = (1 - z) h' + z g(v). */
export function minGru(parameters: Parameters): Definition<"h"> {
  const weight = parameters["to_hidden_and_gate.weight"]!;
  return min(parameters, weight.dims[0]! / 2, (u, h) => {
    const x = times(weight, u);
    const [v, gate] = [x.slice(0, h.length), x.slice(h.length)];
    return h.map((before, i) => sigmoid(-gate[i]!) * before + sigmoid(gate[i]!) * g(v[i]!));
  });
}

/** minLSTM: h = (f h' + i g(v)) / (f + i). */
export function minLstm(parameters: Parameters): Definition<"h"> {
  const weight = parameters["to_hidden_and_f_i_gate.weight"]!;
  return min(parameters, weight.dims[0]! / 3, (u, h) => {
    const x = times(weight, u);
    const part = (k: number): number[] => x.slice(k * h.length, (k + 1) * h.length);
    const [v, forget, input] = [part(0), part(1).map(sigmoid), part(2).map(sigmoid)] as [number[], number[], number[]];
    return h.map((before, i) => (forget[i]! * before + input[i]! * g(v[i]!)) / (forget[i]! + input[i]!));
  });
}

function min(parameters: Parameters, states: number, next: (u: number[], h: number[]) => number[]): Definition<"h"> {
  const out = parameters["to_out.weight"];
  return {
    state: { h: states },
    step(u, state) {
      state.h = next(u, state.h);
      return out === undefined ? state.h : times(out, state.h);
    },
  };
}

/** RG-LRU: h = a h' + sqrt(1 - a^2) i u; a first step has a = 0. */
export function rgLru(parameters: Parameters): Definition<"h" | "begun"> {
  const { dims } = parameters["input_gate_weight"]!;
  const [heads, size] = [dims[0]!, dims[1]!];
  const gate = (name: string, u: number[], c: number): number => {
    const [weight, bias] = [parameters[`${name}_weight`]!.data, parameters[`${name}_bias`]!.data];
    const head = Math.floor(c / size);
    const terms = Array.from({ length: size }, (_, i) => u[head * size + i]! * weight[(head * size + i) * size + (c % size)]!);
    return sigmoid(terms.reduce((sum, term) => sum + term, bias[c]!));
  };
  return {
    state: { h: heads * size, begun: 1 },
    step(u, state) {
      const isFirst = state.begun[0] === 0;
      state.h = state.h.map((before, c) => {
        const log = -8 * gate("recurrent_gate", u, c) * softplus(parameters["recurrent_param"]!.data[c]!);
        const input = gate("input_gate", u, c) * u[c]!;
        return isFirst ? input : Math.exp(log) * before + Math.sqrt(-Math.expm1(2 * log)) * input;
      });
      state.begun = [1];
      return state.h;
    },
  };
}

/** Elman's: h = tanh(W_ih u + b_ih + W_hh h' + b_hh). */
export function rnn(parameters: Parameters): Definition<"h"> {
  const { weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 } = parameters as Record<"weight_ih_l0" | "weight_hh_l0" | "bias_ih_l0" | "bias_hh_l0", Tensor>;
  return {
    state: { h: bias_hh_l0.data.length },
    step(u, state) {
      const [x, before] = [times(weight_ih_l0, u), times(weight_hh_l0, state.h)];
      return (state.h = x.map((value, i) => Math.tanh(value + bias_ih_l0.data[i]! + before[i]! + bias_hh_l0.data[i]!)));
    },
  };
}

/** h = A h' + B u, y = C h + D u. */
export function linearRnn(parameters: Parameters): Definition<"h"> {
  const { A, B, C, D } = parameters as Record<"A" | "B" | "C" | "D", Tensor>;
  return {
    state: { h: A.dims[0]! },
    step(u, state) {
      const [before, input] = [times(A, state.h), times(B, u)];
      state.h = before.map((value, i) => value + input[i]!);
      return times(C, state.h).map((value, i) => value + D.data[i]! * u[i]!);
    },
  };
}
