// A worker thread: loads the backend it is told to, scans until it is told enough, and ends.
import { parentPort, workerData } from "node:worker_threads";
import { linearScan, loadBackend, useBackend } from "ssm-scan";

useBackend(await loadBackend(workerData.backend, { threads: workerData.threads }));
const { length, channels } = workerData;
const ones = new Float32Array(length * channels).fill(1);
let last = 0;
for (let i = 0; i < workerData.calls; i++) {
  const { state } = linearScan({ a: ones, b: ones }, { batch: 1, length, channels });
  last = state[channels - 1];
}
parentPort.postMessage(last);
