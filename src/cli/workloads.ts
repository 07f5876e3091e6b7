// Everything that the bench measures, in order.
import { digitsWorkload } from "./digits-workload.js";
import { s5Workload } from "./s5-workload.js";
import { scanWorkloads } from "./scans.js";
import type { Workload } from "./workload.js";

export const workloads: readonly Workload[] = [...scanWorkloads, s5Workload, digitsWorkload];
