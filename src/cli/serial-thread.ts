// Runs a workload's plain JavaScript in a thread of its own, as the program's side sees it.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Dtype, Real } from "../index.js";
import type { Workload } from "./workload.js";

// Engines compile a loop for all that a thread has seen: V8 makes it slower by half once a loop has met arrays of two
// kinds, or once any memory has been detached, which growing a WASM memory does. Here the loop meets nothing of that.

/** What a thread is started with. */
export interface SerialWork {
  workload: string;
  data: unknown;
  dtype: Dtype;
}

/** Plain JavaScript that has computed its result once. */
export class SerialThread {
  readonly #worker: Worker;
  readonly results: readonly Real[];

  private constructor(worker: Worker, results: readonly Real[]) {
    this.#worker = worker;
    this.results = results;
  }

  static async start({ name }: Workload, data: unknown, dtype: Dtype): Promise<SerialThread> {
    const work: SerialWork = { workload: name, data, dtype };
    const worker = new Worker(new URL("./serial-worker.js", import.meta.url), { workerData: work });
    const [results] = (await once(worker, "message")) as [readonly Real[]];
    return new SerialThread(worker, results);
  }

  /** Runs once more; returns the milliseconds. */
  async time(): Promise<number> {
    this.#worker.postMessage("run");
    const [milliseconds] = (await once(this.#worker, "message")) as [number];
    return milliseconds;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
