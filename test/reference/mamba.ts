// Mamba, Mamba-2 and language models of them, by their definitions in f64: one sequence, one step at a time.
import type { Tensor } from "ssm-scan";
import type { Definition } from "./recurrent.js";

type Parameters = Record<string, Tensor>;

/** What Mamba's parameters do not tell. */
export interface MambaHow {
  /** Falcon-Mamba's epsilon, where dt, B and C are normalised. */
  rms?: number;
}

/** What Mamba-2's parameters do not tell. */
export interface Mamba2How {
  headdim: number;
  dState: number;
  ngroups?: number;
  dtLimit?: readonly [number, number];
  normBeforeGate?: boolean;
  normGroups?: number;
  normEps?: number;
}

type Mixer = Definition<"conv" | "ssm">;

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const silu = (x: number): number => x / (1 + Math.exp(-x));

/** `W x + b` of W [outputs, inputs]. */
function dense(parameters: Parameters, name: string, x: number[]): number[] {
  const weight = parameters[`${name}.weight`]!;
  const bias = parameters[`${name}.bias`]?.data;
  return Array.from({ length: weight.dims[0]! }, (_, i) => x.reduce((sum, value, k) => sum + weight.data[i * x.length + k]! * value, bias?.[i] ?? 0));
}

/** Over the root mean square of each of `groups` parts. */
export function rms(x: number[], epsilon: number, groups = 1): number[] {
  const size = x.length / groups;
  return x.map((value, i) => {
    const own = x.slice(i - (i % size), i - (i % size) + size);
    return value / Math.sqrt(own.reduce((sum, each) => sum + each * each, 0) / size + epsilon);
  });
}

/** The convolution, and silu; `before`, [channels, width - 1], moves on by x. */
function convolve(parameters: Parameters, x: number[], before: number[]): number[] {
  const { dims, data } = parameters["conv1d.weight"]!;
  const bias = parameters["conv1d.bias"]?.data;
  const width = dims.at(-1)!;
  return x.map((now, c) => {
    const past = [...before.slice(c * (width - 1), (c + 1) * (width - 1)), now];
    past.slice(1).forEach((value, k) => { before[c * (width - 1) + k] = value; });
    return silu(past.reduce((sum, value, k) => sum + data[c * width + k]! * value, bias?.[c] ?? 0));
  });
}

/** Mamba: one decay for each state of each channel. */
export function mamba(parameters: Parameters, { rms: epsilon }: MambaHow = {}): Mixer {
  const { dims: [channels, states], data: logs } = parameters["A_log"] as { dims: [number, number]; data: Tensor["data"] };
  const [D, rank] = [parameters["D"]!.data, parameters["dt_proj.weight"]!.dims[1]!];
  const normal = (x: number[]): number[] => (epsilon === undefined ? x : rms(x, epsilon));
  return {
    state: { conv: channels * (parameters["conv1d.weight"]!.dims.at(-1)! - 1), ssm: channels * states },
    step(u, state) {
      const xz = dense(parameters, "in_proj", u);
      const x = convolve(parameters, xz.slice(0, channels), state.conv);
      const selected = dense(parameters, "x_proj", x);
      const part = (from: number, size: number): number[] => normal(selected.slice(from, from + size));
      const [low, B, C] = [part(0, rank), part(rank, states), part(rank + states, states)];
      const delta = dense(parameters, "dt_proj", low).map(softplus);
      state.ssm = state.ssm.map((h, i) => {
        const [c, n] = [Math.floor(i / states), i % states];
        return Math.exp(-delta[c]! * Math.exp(logs[i]!)) * h + delta[c]! * B[n]! * x[c]!;
      });
      const y = x.map((value, c) => C.reduce((sum, each, n) => sum + each * state.ssm[c * states + n]!, D[c]! * value));
      return dense(parameters, "out_proj", y.map((value, c) => value * silu(xz[channels + c]!)));
    },
  };
}

/** Mamba-2: one decay for each head. */
export function mamba2(parameters: Parameters, how: Mamba2How): Mixer {
  const { headdim, dState, ngroups = 1, dtLimit = [0, Infinity], normBeforeGate = false, normGroups = ngroups, normEps = 1e-5 } = how;
  const [logs, D, bias, scale] = ["A_log", "D", "dt_bias", "norm.weight"].map((name) => parameters[name]?.data) as [Tensor["data"], Tensor["data"], Tensor["data"], Tensor["data"] | undefined];
  const heads = logs.length;
  const [channels, shared] = [heads * headdim, ngroups * dState];
  const mlp = (parameters["in_proj.weight"]!.dims[0]! - 2 * channels - 2 * shared - heads) / 2;
  const normal = (x: number[]): number[] => rms(x, normEps, normGroups).map((value, c) => value * scale![c]!);
  return {
    state: { conv: (channels + 2 * shared) * (parameters["conv1d.weight"]!.dims.at(-1)! - 1), ssm: channels * dState },
    step(u, state) {
      let at = 0;
      const all = dense(parameters, "in_proj", u);
      const next = (size: number): number[] => all.slice(at, (at += size));
      const [gate, times, z, mixed, dt] = [next(mlp), next(mlp), next(channels), next(channels + 2 * shared), next(heads)] as [number[], number[], number[], number[], number[]];
      const convolved = convolve(parameters, mixed, state.conv);
      const [x, B, C] = [convolved.slice(0, channels), convolved.slice(channels, channels + shared), convolved.slice(channels + shared)];
      const delta = dt.map((value, h) => Math.min(Math.max(softplus(value + bias[h]!), dtLimit[0]), dtLimit[1]));
      const groupOf = (c: number): number => Math.floor((Math.floor(c / headdim) * ngroups) / heads);
      state.ssm = state.ssm.map((h, i) => {
        const [c, n] = [Math.floor(i / dState), i % dState];
        const step = delta[Math.floor(c / headdim)]!;
        return Math.exp(-step * Math.exp(logs[Math.floor(c / headdim)]!)) * h + step * x[c]! * B[groupOf(c) * dState + n]!;
      });
      const y = x.map((value, c) => {
        const skip = D[D.length === heads ? Math.floor(c / headdim) : c]! * value;
        return Array.from({ length: dState }, (_, n) => C[groupOf(c) * dState + n]! * state.ssm[c * dState + n]!).reduce((sum, term) => sum + term, skip);
      });
      const gated = (from: number[]): number[] => from.map((value, c) => value * silu(z[c]!));
      const out = scale === undefined ? gated(y) : normBeforeGate ? gated(normal(y)) : normal(gated(y));
      return dense(parameters, "out_proj", [...gate.map((value, i) => silu(value) * times[i]!), ...out]);
    },
  };
}

/** Embeddings, blocks and head: a step takes a token, as a number, and gives logits; `watch` is told what leaves each block. */
export function languageModel(parameters: Parameters, nLayers: number, mixer: (own: Parameters) => Mixer, watch?: (h: number[]) => void, epsilon = 1e-5): Definition {
  const behind = (prefix: string): Parameters =>
    Object.fromEntries(Object.entries(parameters).filter(([name]) => name.startsWith(prefix)).map(([name, tensor]) => [name.slice(prefix.length), tensor]));
  const blocks = Array.from({ length: nLayers }, (_, i) => ({ name: `layers.${i}.`, mixer: mixer(behind(`backbone.layers.${i}.mixer.`)), scale: parameters[`backbone.layers.${i}.norm.weight`]!.data }));
  const embeddings = parameters["backbone.embeddings.weight"]!;
  const width = embeddings.dims[1]!;
  const normal = (h: number[], scale: Tensor["data"]): number[] => rms(h, epsilon).map((value, i) => value * scale[i]!);
  return {
    state: Object.fromEntries(blocks.flatMap(({ name, mixer: { state } }) => [[`${name}conv`, state.conv], [`${name}ssm`, state.ssm]])),
    step([id], state) {
      let h: number[] = [...embeddings.data.slice(id! * width, (id! + 1) * width)];
      for (const { name, mixer: own, scale } of blocks) {
        const kept = { conv: state[`${name}conv`]!, ssm: state[`${name}ssm`]! };
        const y = own.step(normal(h, scale), kept);
        state[`${name}ssm`] = kept.ssm;
        h = h.map((value, i) => value + y[i]!);
        watch?.(h);
      }
      const last = normal(h, parameters["backbone.norm_f.weight"]!.data);
      watch?.(last);
      return dense({ "head.weight": parameters["lm_head.weight"] ?? embeddings }, "head", last);
    },
  };
}
