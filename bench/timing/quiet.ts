// Waits until nobody else wants the cores, where Linux tells.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 250;
const LOOK_MS = 5;

/** Processes that run or want to, this one included; 1 where nothing tells. */
function running(): number {
  try {
    return Number(/^procs_running (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1] ?? 1);
  } catch {
    return 1;
  }
}

/** How quiet the machine was while a case was timed. */
export class Quiet {
  /** Milliseconds that may still be waited. */
  #budget: number;
  #moments = 0;
  #quiet = 0;

  constructor(budget: number) {
    this.#budget = budget;
  }

  /** Waits for a quiet moment, but not for long. */
  async moment(): Promise<void> {
    const began = performance.now();
    const patience = Math.min(PATIENCE_MS, this.#budget);
    let quiet = running() <= 1;
    while (!quiet && performance.now() - began < patience) {
      await sleep(LOOK_MS);
      quiet = running() <= 1;
    }
    this.#budget -= performance.now() - began;
    this.#moments++;
    this.#quiet += Number(quiet);
  }

  /** The part of samples that began in a quiet moment. */
  get part(): number {
    return this.#moments === 0 ? 1 : this.#quiet / this.#moments;
  }
}
