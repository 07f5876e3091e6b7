// Runs a workload's plain JavaScript in a thread of its own: the thread's side.
import { parentPort, workerData } from "node:worker_threads";
import type { Dtype } from "../index.js";
import type { SerialWork } from "./serial-thread.js";
import type { NewArray } from "./workload.js";
import { workloads } from "./workloads.js";

const arrays: Readonly<Record<Dtype, NewArray>> = {
  float32: (length) => new Float32Array(length),
  float64: (length) => new Float64Array(length),
};

const { workload, data, dtype } = workerData as SerialWork;
const contender = workloads.find(({ name }) => name === workload)!.serial(data, arrays[dtype]);
contender.run();
parentPort!.postMessage(contender.results());
parentPort!.on("message", () => {
  const began = performance.now();
  contender.run();
  parentPort!.postMessage(performance.now() - began);
});
