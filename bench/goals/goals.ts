// The figures that the package is to reach.
import type { Goal } from "./goal.js";

/** Figures that are at least so much, or at most. */
type Marks = [must: number, aim: number];

const ROWS = "linear [1, 65536, 64]";
const BATCH = "linear [8, 2048, 512]";
const CHANNEL = "linear [1, 16777216, 1]";
const COMPLEX = "complex [1, 65536, 64]";
const STEP = "s5-step [1, 128] 128 states";
const SELECTIVE = "selective [1, 2048, 1536] 16 states";
const SHORT_SELECTIVE = "selective [1, 512, 512] 16 states";
const LONG_SELECTIVE = "selective [1, 1048576, 16] 16 states";
const SSD = "ssd [1, 2048, 24, 64] 128 states";
const PREFILL = "mamba-prefill [512, 768] 16 states";
const DECODE = "mamba-decode [1, 768] 16 states";
const LINEAR_GRADIENT = "linear-gradient [1, 65536, 64] 1 states";
const SELECTIVE_GRADIENT = "selective-gradient [1, 512, 512] 16 states";
const TRAINING = "s5-training [50, 784, 64] 64 states";
const CALL = "linear [1, 16, 16]";

const faster = (at: string, ours: string, theirs: string, [must, aim]: Marks, name = `${at}: ${ours} against ${theirs}`): Goal => ({
  ...{ kind: "faster", name, case: at, ours, theirs, must, aim },
});

/** The part of the limit that streaming stores set. */
const triad = (at: string, threads: "1T" | "allT", marks: Marks): Goal =>
  faster(at, `native ${threads}`, `triad nt ${threads}`, marks, `${at}: part of the NT triad, ${threads === "1T" ? "1 thread" : "all threads"}`);

const atMost = (at: string, ours: string, theirs: string, [must, aim]: Marks, name: string): Goal => ({
  ...{ kind: "slower", name, case: at, ours, theirs, must, aim },
});

const call = (backend: string, marks: Marks): Goal => atMost(CALL, backend, "plain javascript", marks, `${CALL}: a call, ${backend} against plain javascript`);

const flat = (channels: number, what: string): Goal => ({
  ...{ kind: "flat", name: `time per element beyond the caches, ${what}`, group: "lengths", ours: "native allT", channels, must: 1.5, aim: 1.2 },
});

const matrixCase = (n: number): string => `matrix [1, 4096, ${n}, ${n}]`;

export const goals: readonly Goal[] = [
  ...[ROWS, BATCH].flatMap((at) => [triad(at, "1T", [0.8, 0.95]), triad(at, "allT", [0.65, 0.9])]),
  triad(CHANNEL, "1T", [0.7, 0.9]),
  triad(CHANNEL, "allT", [0.55, 0.8]),
  ...[ROWS, BATCH].flatMap((at) => [
    faster(at, "native allT", "torch.compile associative_scan", [4, 8]),
    faster(at, "native allT", "jax lax.scan", [4, 10]),
    faster(at, "native allT", "jax associative_scan", [14, 25]),
    faster(at, "native allT", "mambapy pscan", [7, 16]),
  ]),
  faster(BATCH, "native allT", "onnxruntime Scan", [5, 10]),
  faster(ROWS, "native allT", "onnxruntime Scan", [40, 90]),
  faster(CHANNEL, "native allT", "serial", [2, 4]),
  faster(CHANNEL, "native allT", "jax lax.scan", [8, 15]),
  faster(COMPLEX, "native allT", "jax associative_scan", [18, 40]),
  faster(matrixCase(64), "native allT", "jax lax.scan", [1.5, 2.5]),
  faster(matrixCase(4), "native allT", "jax lax.scan", [1.4, 2]),
  faster(matrixCase(16), "native allT", "jax lax.scan", [1.4, 2]),
  ...[ROWS, BATCH].flatMap((at) => [
    faster(at, "wasm resident", "plain javascript", [2, 8]),
    faster(at, "wasm resident", "core ordinary 1T", [0.65, 0.9], `${at}: wasm resident, part of native with ordinary stores`),
  ]),
  faster("s4-kernel [16384, 128] 64 states", "native allT", "torch naive", [5, 10]),
  faster("s4d-kernel [16384, 128] 64 states", "native allT", "torch naive", [5, 10]),
  faster("s5 [16384, 128] 256 states", "native allT", "jax associative_scan", [4, 8]),
  faster(STEP, "native allT", "jax step", [2, 4]),
  faster(STEP, "wasm", "native allT", [0.4, 0.8], `${STEP}: wasm, part of native`),
  ...[SELECTIVE, SHORT_SELECTIVE].map((at) => faster(at, "native 1T", "exp 1T", [0.6, 0.95], `${at}: part of one vector exponential a state, 1 thread`)),
  faster(SELECTIVE, "native allT", "jax lax.scan", [4, 10]),
  faster(SELECTIVE, "native allT", "transformers scan", [60, 150]),
  faster(SELECTIVE, "native allT", "torch selective_scan_ref", [60, 150]),
  faster(SELECTIVE, "native allT", "ggml ssm_scan", [8, 16]),
  faster(SELECTIVE, "native allT", "native 1T", [1.5, 1.8]),
  faster(SELECTIVE, "wasm resident", "plain javascript", [10, 20]),
  // An engine with relaxed SIMD: 0.32 and 0.55.
  faster(SELECTIVE, "wasm resident", "native 1T", [0.22, 0.45], `${SELECTIVE}: wasm resident, part of native on 1 thread`),
  faster(LONG_SELECTIVE, "native allT", "native 1T", [1.4, 1.7]),
  faster(SSD, "native 1T", "torch ssd_minimal_discrete 1T", [3, 6]),
  faster(SSD, "native 1T", "ggml ssm_scan 1T", [1.2, 2]),
  faster(PREFILL, "native allT", "transformers", [3, 5]),
  atMost(PREFILL, "native allT", "torch matmul", [1.8, 1.3], `${PREFILL}: against its products alone`),
  ...[DECODE, `${DECODE} bfloat16`].map((at) => faster(at, "native allT", "torch read", [0.6, 0.85], `${at}: part of reading the weights`)),
  faster(DECODE, "native allT", "transformers", [1.2, 2]),
  faster(LINEAR_GRADIENT, "native allT", "jax lax.scan", [5, 12]),
  faster(LINEAR_GRADIENT, "native allT", "mambapy pscan", [12, 25]),
  faster(SELECTIVE_GRADIENT, "native allT", "transformers scan", [10, 40]),
  faster(TRAINING, "native allT", "jax training", [2, 4]),
  call("native allT", [5, 2]),
  call("wasm", [5, 2]),
  flat(1, "one channel"),
  flat(64, "64 channels"),
  // Where threads do not pay both take the same way: what remains is noise.
  { kind: "worst", name: "threads: the worst size, all threads against one", group: "threads", ours: "native allT", theirs: "native 1T", must: 1.15, aim: 1.05 },
];
