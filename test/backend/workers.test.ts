// Worker threads load the package, scan, and go, one after the other and side by side.
import { Worker } from "node:worker_threads";
import { linearScan, loadBackend, useBackend } from "ssm-scan";
import { describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";

interface Task {
  backend: string;
  threads?: number;
  length?: number;
  channels?: number;
  calls?: number;
}

const start = (task: Task): Worker =>
  new Worker(new URL("./scan-in-worker.mjs", import.meta.url), {
    workerData: { threads: 2, length: 100, channels: 3, calls: 3, ...task },
  });

/** What the worker's scans end in, once it is gone. */
function finished(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    let result = Number.NaN;
    worker.once("message", (value: number) => (result = value));
    worker.once("error", reject);
    worker.once("exit", () => { resolve(result); });
  });
}

async function scansHere(backend: (typeof backends)[number]): Promise<void> {
  useBackend(await loadBackend(backend));
  const ones = new Float32Array(5).fill(1);
  expect([...linearScan({ a: ones, b: ones }, { batch: 1, length: 5, channels: 1 }).state]).toEqual([5]);
}

describe.each(backends)("%s", (backend) => {
  test("works in one worker after another", async () => {
    for (let i = 0; i < 4; i++) expect(await finished(start({ backend }))).toBe(100);
    await scansHere(backend);
  });

  test("works in workers side by side, and here beside them", async () => {
    const workers = Array.from({ length: 3 }, () => finished(start({ backend, length: 20_000, channels: 64 })));
    await scansHere(backend);
    expect(await Promise.all(workers)).toEqual([20_000, 20_000, 20_000]);
    await scansHere(backend);
  });

  test("survives workers that are stopped while they scan", async () => {
    for (let i = 0; i < 3; i++) {
      const worker = start({ backend, length: 20_000, channels: 64, calls: 1_000 });
      await new Promise((resolve) => setTimeout(resolve, 50 + 50 * i));
      await worker.terminate();
    }
    await scansHere(backend);
  });
});
