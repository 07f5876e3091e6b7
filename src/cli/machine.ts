// What the program runs on.
import { availableParallelism, cpus } from "node:os";
import type { Backend } from "../index.js";
import { version } from "../version.js";

export interface Machine {
  package: string;
  node: string;
  v8: string;
  platform: string;
  arch: string;
  cpu: string;
  cores: number;
}

export function machine(): Machine {
  return {
    package: version,
    node: process.versions.node,
    v8: process.versions.v8,
    platform: process.platform,
    arch: process.arch,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
  };
}

export function cpuText({ cpu, cores }: Machine): string {
  return `${cpu}, ${counted(cores, "core")}`;
}

export function backendText({ features, threads }: Backend): string {
  return `${counted(threads, "thread")}, ${features.join(" ") || "no vector instructions"}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
