// Shapes on which threads cut time: each chunk of a scan is computed by itself, and joined.
import type { Dims } from "ssm-scan";
import { type Scan } from "./scans.js";

/** Large enough to be cut in time, by as many threads as there are. */
export function largeDims(scan: Scan): Dims {
  return scan.name === "matrixScan" ? { batch: 1, length: 50_000, channels: 4 } : { batch: 1, length: 12_000, channels: 64 };
}
