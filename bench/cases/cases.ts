// Every case of the bench.
import { type Case, classic, gradient, type Group, layer, mamba, scan } from "./case.js";
import type { Operator } from "./problem.js";

const f64 = { dtype: "float64" } as const;
const reverse = { reverse: true } as const;
const byChannel = { gates: "channels" } as const;

/** The package, what it is made of, and its limits: peers may take seconds to compile a case. */
const ours = [
  ...["native 1T", "native allT", "wasm", "wasm resident", "copy", "core 1T", "core allT"],
  ...["triad 1T", "triad allT", "triad nt 1T", "triad nt allT", "serial", "plain javascript"],
];

/** Lines of the charts over length. */
const lines = ["native 1T", "native allT", "core 1T", "core allT", "triad nt 1T", "triad nt allT", "plain javascript"];

const byThreads = ["native 1T", "native allT", "core 1T", "core allT"];

const variant = (operator: Operator, axes: [number, number, number], unusual = {}): Case => scan("variants", operator, axes, unusual, ours);

const main: readonly Case[] = [
  scan("main", "linear", [1, 65_536, 64]),
  scan("main", "linear", [8, 2048, 512]),
  scan("main", "linear", [1, 16_777_216, 1]),
];

const complex: readonly Case[] = [scan("complex", "complex", [1, 65_536, 64])];

const matrix: readonly Case[] = [
  ...[2, 4, 8, 16, 32, 64].map((n) => scan("matrix", "matrix", [1, 4096, n])),
  scan("matrix", "matrix", [1, 262_144, 4]),
];

const variants: readonly Case[] = [
  variant("linear", [1, 65_536, 64], f64),
  variant("linear", [1, 65_536, 64], reverse),
  variant("linear", [1, 65_536, 64], byChannel),
  variant("linear", [8, 2048, 512], reverse),
  variant("linear", [1, 1_048_576, 1], f64),
  variant("linear", [1, 1_048_576, 1], reverse),
  ...[2, 3, 4, 8, 16].map((channels) => variant("linear", [1, 1_048_576, channels])),
  variant("linear", [64, 128, 64]),
  variant("linear", [64, 1024, 1]),
  variant("complex", [1, 65_536, 64], f64),
  variant("complex", [1, 65_536, 64], reverse),
  variant("complex", [1, 65_536, 64], byChannel),
  variant("complex", [8, 2048, 256]),
  variant("complex", [1, 1_048_576, 1]),
  variant("complex", [1, 1_048_576, 4]),
  variant("matrix", [1, 65_536, 4], f64),
  variant("matrix", [1, 65_536, 4], reverse),
  variant("matrix", [8, 8192, 4]),
];

const small: readonly Case[] = [
  scan("small", "linear", [1, 16, 16], {}, ours),
  scan("small", "complex", [1, 16, 16], {}, ours),
  scan("small", "matrix", [1, 16, 4], {}, ours),
];

const lengths: readonly Case[] = [
  ...[1e3, 3e3, 1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7, 1e8].map((length) => scan("lengths", "linear", [1, length, 1], {}, lines)),
  ...[1e3, 3e3, 1e4, 3e4, 1e5, 3e5, 1e6].map((length) => scan("lengths", "linear", [1, length, 64], {}, lines)),
  // Three gigabytes for everyone who has arrays of its own.
  scan("lengths", "linear", [1, 4e6, 64], {}, ["native 1T", "native allT"]),
];

const threads: readonly Case[] = [
  ...around("linear", 64, [64, 256, 1024, 2048, 4096, 8192, 16_384, 32_768]),
  ...around("linear", 1, [16_384, 65_536, 131_072, 262_144, 524_288, 1_048_576]),
  ...around("complex", 64, [256, 1024, 4096, 16_384]),
  ...around("matrix", 4, [2048, 8192, 32_768]),
  ...around("matrix", 16, [256, 1024, 2048, 8192]),
  ...[16, 64, 256, 1024].map((length) => scan("threads", "linear", [8, length, 512], {}, byThreads)),
];

/** Many systems of one input against one of many, with as many parameters: [.., 128] features, 64 states each or 128 in all. */
const siso = [1024, 4096, 16_384].flatMap((length) => [
  ...[layer("s4d", length, 128, 64), layer("s4d-convolution", length, 128, 64), layer("s5", length, 128, 128)],
]);

const ofLayers: readonly Case[] = [
  layer("s4-kernel", 16_384, 128, 64, ["torch naive"]),
  layer("s4d-kernel", 16_384, 128, 64, ["torch naive"]),
  layer("s5", 16_384, 128, 256, ["jax associative_scan"]),
  layer("s5-step", 1, 128, 128, ["jax step"]),
  ...siso,
];

const mine = ["native 1T", "native allT", "wasm", "wasm resident", "copy"];
const exponentials = ["native 1T", "native allT", "exp 1T", "exp allT"];
const ggml = ["ggml ssm_scan", "ggml ssm_scan 1T"];
const selectives = [...mine, ...exponentials.slice(2), "plain javascript", "jax lax.scan", "torch selective_scan_ref", "transformers scan", ...ggml];
const ofModels = ["native allT", "torch matmul", "torch read", "transformers"];

const ofMamba: readonly Case[] = [
  mamba("selective", [2048, 1536, 16], selectives),
  mamba("selective", [512, 512, 16], selectives),
  mamba("selective", [1_048_576, 16, 16], exponentials),
  mamba("ssd", [2048, 1536, 128], [...mine, "torch ssd_minimal_discrete", "torch ssd_minimal_discrete 1T", ...ggml]),
  ...[undefined, "bfloat16" as const].flatMap((weights) => [
    mamba("mamba-prefill", [512, 768, 16], ofModels, weights),
    mamba("mamba-decode", [1, 768, 16], ofModels, weights),
  ]),
];

const gradients: readonly Case[] = [
  gradient("linear-gradient", [1, 65_536, 64, 1], ["jax lax.scan", "mambapy pscan"]),
  gradient("selective-gradient", [1, 512, 512, 16], ["transformers scan", "torch selective_scan_ref", "jax lax.scan"]),
  gradient("s5-training", [50, 784, 64, 64], ["jax training"]),
];

function around(operator: Operator, width: number, sizes: readonly number[]): Case[] {
  return sizes.map((length) => scan("threads", operator, [1, length, width], {}, byThreads));
}

const byGroup: Readonly<Record<Group, readonly Case[]>> = {
  main,
  complex,
  matrix,
  variants,
  small,
  lengths,
  classic: [8, 10, 12, 14, 16, 18].map((power) => classic(2 ** power)),
  layers: ofLayers,
  mamba: ofMamba,
  gradients,
  threads,
};

/** In the order in which they are timed. */
export const cases: readonly Case[] = Object.values(byGroup).flat();
