// What the bench runs on.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, totalmem } from "node:os";

export interface Machine {
  /** The version of ssm-scan. */
  package: string;
  cpu: string;
  cores: number;
  /** Of the largest cache. */
  cacheBytes: number;
  memoryBytes: number;
  node: string;
  v8: string;
  platform: string;
  arch: string;
}

/** Where the machine does not tell. */
const USUAL_CACHE = 32 * 2 ** 20;

export function machine(): Machine {
  const { version } = createRequire(import.meta.url)("ssm-scan/package.json") as { version: string };
  return {
    package: version,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    cacheBytes: cacheBytes(),
    memoryBytes: totalmem(),
    node: process.versions.node,
    v8: process.versions.v8,
    platform: process.platform,
    arch: process.arch,
  };
}

/** As Linux tells it: sizes such as "32768K". */
function cacheBytes(): number {
  const sizes = [0, 1, 2, 3, 4].map((index) => {
    try {
      return 1024 * parseInt(readFileSync(`/sys/devices/system/cpu/cpu0/cache/index${index}/size`, "utf8"), 10);
    } catch {
      return 0;
    }
  });
  return Math.max(...sizes) || USUAL_CACHE;
}
