// Checks and times everyone at a workload.
import { type Backend, type BackendName, type Real, useBackend } from "../index.js";
import { errorOf } from "./error-of.js";
import { SerialThread } from "./serial-thread.js";
import { type Patience, timeByTurns, type Timed, type Times } from "./timing.js";
import type { Contender, Passing, Workload } from "./workload.js";

/** A contender at a workload. */
export interface Row {
  workload: string;
  backend: BackendName | "javascript";
  passing: Passing;
  threads: number;
  /** max |difference| / max |truth|. */
  error: number;
  bound: number;
  /** Of right results only. */
  milliseconds?: Times;
  /** How often faster than plain JavaScript, by minima. */
  ratio?: number;
  gigabytesPerSecond?: number;
}

/** What measuring takes. */
export interface Bench {
  backends: readonly Backend[];
  patience: Patience;
  /** Awaited between rounds. */
  pause: () => Promise<void>;
}

/** Whether a result may be timed. */
export const isRight = ({ error, bound }: Pick<Row, "error" | "bound">): boolean => error <= bound;

/** Who takes part, with an error that is known already, and what times it. */
interface Entrant {
  who: Pick<Row, "backend" | "passing" | "threads" | "error">;
  time: Timed;
}

/** A row for everyone, plain JavaScript first. */
export async function measure(workload: Workload, pixels: Float32Array, bench: Bench): Promise<Row[]> {
  useBackend(bench.backends[0]!);
  const data = workload.data(pixels);
  const truth = await truthOf(workload, data);
  const thread = await SerialThread.start(workload, data, "float32");
  try {
    return await against(thread, truth, workload, data, bench);
  } finally {
    await thread.end();
  }
}

async function against(thread: SerialThread, truth: readonly Real[], workload: Workload, data: unknown, { backends, patience, pause }: Bench): Promise<Row[]> {
  const serial = errorOf(thread.results, truth);
  const bound = Number.isFinite(serial) ? workload.bound(serial) : NaN;
  const contenders = backends.flatMap((backend) => contendersOn(backend, workload, data));
  const entrants: Entrant[] = [
    { who: { backend: "javascript", passing: "plain", threads: 1, error: serial }, time: () => thread.time() },
    ...contenders.map((contender) => judged(contender, truth)),
  ];
  const right = entrants.filter(({ who: { error } }) => isRight({ error, bound }));
  const times = await timeByTurns(right.map(({ time }) => time), patience, pause);
  for (const { contender } of contenders) contender.dispose?.();
  const bytes = workload.bytes?.(data);
  return entrants.map((entrant) => {
    const own = times[right.indexOf(entrant)];
    return { workload: workload.name, ...entrant.who, bound, ...(own && speed(own, times[0]!, bytes)) };
  });
}

/** The result in float64. */
async function truthOf(workload: Workload, data: unknown): Promise<readonly Real[]> {
  const thread = await SerialThread.start(workload, data, "float64");
  await thread.end();
  return thread.results;
}

/** A contender and its backend. */
interface OnBackend {
  backend: Backend;
  contender: Contender;
}

function contendersOn(backend: Backend, workload: Workload, data: unknown): OnBackend[] {
  useBackend(backend);
  return workload.on(backend, data).map((contender) => ({ backend, contender }));
}

function judged({ backend, contender }: OnBackend, truth: readonly Real[]): Entrant {
  const time = (): number => {
    useBackend(backend);
    const began = performance.now();
    contender.run();
    return performance.now() - began;
  };
  for (const plane of contender.results()) plane.fill(NaN); // what is left unwritten shows
  time();
  const { name, threads } = backend;
  return { who: { backend: name, passing: contender.passing, threads, error: errorOf(contender.results(), truth) }, time };
}

function speed(times: Times, serial: Times, bytes: number | undefined): Pick<Row, "milliseconds" | "ratio" | "gigabytesPerSecond"> {
  return { milliseconds: times, ratio: serial.min / times.min, ...(bytes !== undefined && { gigabytesPerSecond: bytes / times.min / 1e6 }) };
}
