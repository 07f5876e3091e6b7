// The figures that the package is to reach.
import type { Goal } from "./goal.js";

/** Figures that are at least so much, or at most. */
type Marks = [must: number, aim: number];

const ROWS = "linear [1, 65536, 64]";
const BATCH = "linear [8, 2048, 512]";
const CHANNEL = "linear [1, 16777216, 1]";
const COMPLEX = "complex [1, 65536, 64]";
const STEP = "s5-step [1, 128] 128 states";
const CALL = "linear [1, 16, 16]";

const faster = (at: string, ours: string, theirs: string, [must, aim]: Marks, name = `${at}: ${ours} against ${theirs}`): Goal => ({
  ...{ kind: "faster", name, case: at, ours, theirs, must, aim },
});

/** The part of the limit that streaming stores set. */
const triad = (at: string, threads: "1T" | "allT", marks: Marks): Goal =>
  faster(at, `native ${threads}`, `triad nt ${threads}`, marks, `${at}: part of the NT triad, ${threads === "1T" ? "1 thread" : "all threads"}`);

const call = (backend: string, [must, aim]: Marks): Goal => ({
  ...{ kind: "slower", name: `${CALL}: a call, ${backend} against plain javascript`, case: CALL, ours: backend, theirs: "plain javascript", must, aim },
});

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
  call("native allT", [5, 2]),
  call("wasm", [5, 2]),
  flat(1, "one channel"),
  flat(64, "64 channels"),
  // Where threads do not pay both take the same way: what remains is noise.
  { kind: "worst", name: "threads: the worst size, all threads against one", group: "threads", ours: "native allT", theirs: "native 1T", must: 1.15, aim: 1.05 },
];
