// Times contestants by turns: a round has one sample of each, and begins with another one each time.
import { setImmediate as turnOfEvents } from "node:timers/promises";
import { Bench, type Task } from "tinybench";
import type { Contestant } from "../contestants/contestant.js";
import type { Quiet } from "./quiet.js";

/** A contestant that is ready. */
export interface Entrant {
  contestant: Contestant;
  /** Calls of a sample. */
  calls: number;
  /** Milliseconds of a call, roughly. */
  rough: number;
}

/** Samples in milliseconds of a call, or why there are no more. */
export type Sampled = { samples: number[] } | { failed: string };

/** How often, and with what in between. */
export interface Turns {
  repeats: number;
  quiet: Quiet;
  /** Told before each round. */
  round: (number: number) => void;
}

/** A sample is long enough for the clock and for the processor to get going. */
const SAMPLE_MS = 1;
/** Of warming up; a run that takes as long needs none before it is timed. */
const WARM_MS = 100;
const MOST_CALLS = 100_000;

/** A contestant of whom a run takes longer than this has few of them. */
const SLOW_MS = 1000;
const SLOW_REPEATS = 3;

/** Finds out how many calls make a sample, and warms up. */
export async function calibrated(contestant: Contestant): Promise<Entrant> {
  let calls = 1;
  let rough = await contestant.time(1);
  while (rough * calls < SAMPLE_MS && calls < MOST_CALLS) {
    calls = Math.min(MOST_CALLS, 10 * calls, Math.ceil((1.5 * SAMPLE_MS) / Math.max(rough, 1e-9)));
    rough = await contestant.time(calls);
  }
  // Short loops get their final code only once they have run for a while.
  if (calls > 1) rough = await contestant.time(Math.min(MOST_CALLS, Math.ceil(WARM_MS / Math.max(rough, 1e-9))));
  return { contestant, calls: Math.min(MOST_CALLS, Math.ceil(SAMPLE_MS / Math.max(rough, 1e-9))), rough };
}

/** Samples of everyone, in the order of `entrants`. */
export async function timeByTurns(entrants: readonly Entrant[], { repeats, quiet, round }: Turns): Promise<Sampled[]> {
  // tinybench takes one sample a run; the duration is the contestant's own, so that asking does not count.
  const bench = new Bench({ iterations: 1, time: 0, warmup: false, retainSamples: true });
  for (const { contestant, calls, rough } of entrants) {
    const sample = async () => {
      // After the others' turns caches hold their numbers and cores are asleep: a short call would be timed for that.
      if (rough < WARM_MS) await contestant.time(1);
      const milliseconds = await contestant.time(calls);
      return { overriddenDuration: milliseconds, overriddenIterationCost: calls * milliseconds };
    };
    bench.add(contestant.name, sample, { async: true, beforeEach: () => quiet.moment() });
  }
  const sampled = entrants.map((): Sampled => ({ samples: [] }));
  for (let number = 0; number < repeats; number++) {
    round(number);
    await turnOfEvents(); // signals and writes get through
    for (let i = 0; i < entrants.length; i++) {
      const turn = (number + i) % entrants.length;
      const so = sampled[turn]!;
      const most = entrants[turn]!.rough > SLOW_MS ? SLOW_REPEATS : repeats;
      if (!("samples" in so) || so.samples.length >= most) continue;
      const one = await sampleOf(bench.tasks[turn]!);
      if (typeof one === "number") so.samples.push(one);
      else sampled[turn] = { failed: one.message };
    }
  }
  return sampled;
}

async function sampleOf(task: Task): Promise<number | Error> {
  task.reset();
  await task.run();
  const { result } = task;
  if (result.state === "completed") return result.latency.min;
  return result.state === "errored" ? result.error : new Error(`was ${result.state}`);
}
