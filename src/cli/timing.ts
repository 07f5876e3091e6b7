// Times of contenders that take turns.

/** How often, and for how long, contenders take turns. */
export interface Patience {
  /** Rounds at the least. */
  rounds: number;
  /** Rounds at the most. */
  most: number;
  /** Rounds go on until so much time is spent. */
  milliseconds: number;
}

/** What times say, in milliseconds. */
export interface Times {
  min: number;
  median: number;
  rounds: number;
}

/** Does something once; gives the milliseconds it took. */
export type Timed = () => number | Promise<number>;

/**
 * Times everyone by turns: a round has one of each, beginning with another one each time, so that whatever disturbs the
 * machine disturbs all. The first run of each does not count. `pause` is awaited between rounds.
 */
export async function timeByTurns(everyone: readonly Timed[], patience: Patience, pause: () => Promise<void>): Promise<Times[]> {
  for (const time of everyone) await time();
  const samples = everyone.map((): number[] => []);
  const began = performance.now();
  for (let round = 0; round < patience.most; round++) {
    if (round >= patience.rounds && performance.now() - began > patience.milliseconds) break;
    for (let i = 0; i < everyone.length; i++) {
      const turn = (round + i) % everyone.length;
      samples[turn]!.push(await everyone[turn]!());
    }
    await pause();
  }
  return samples.map((times) => ({ min: Math.min(...times), median: median(times), rounds: times.length }));
}

/** The middle one of some numbers, or the mean of the middle two; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((x, y) => x - y);
  const half = sorted.length / 2;
  return sorted.length % 2 === 0 ? (sorted[half - 1]! + sorted[half]!) / 2 : sorted[Math.floor(half)]!;
}
