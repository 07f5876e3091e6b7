// The command `info`: what there is to compute with.
import { init, ScanError } from "../index.js";
import type { InfoOptions } from "./arguments.js";
import { type Attempt, reasonOf, tryBackends } from "./loading.js";
import { backendText, cpuText, type Machine, machine } from "./machine.js";
import { table } from "./table.js";

/** Prints it; returns the exit code. */
export async function info({ json }: InfoOptions): Promise<number> {
  const found: Found = { ...machine(), backend: await automatic(), attempts: await tryBackends({}) };
  console.log(json ? JSON.stringify(asJson(found), null, 2) : asText(found));
  return 0;
}

interface Found extends Machine {
  /** What calls take where nothing is said, or why they cannot. */
  backend: string | { absent: readonly string[] };
  attempts: readonly Attempt[];
}

async function automatic(): Promise<Found["backend"]> {
  try {
    return (await init()).name;
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    return { absent: reasonOf(error) };
  }
}

function asJson({ backend, attempts, ...machine }: Found): object {
  const backends = attempts.map((attempt) => {
    if ("absent" in attempt) return [attempt.name, { loads: false, reason: attempt.absent.join("; ") }];
    const { name, features, threads } = attempt.backend;
    return [name, { loads: true, features, threads }];
  });
  return { ...machine, backend: typeof backend === "string" ? backend : null, backends: Object.fromEntries(backends) as object };
}

function asText({ backend, attempts, ...machine }: Found): string {
  const { package: version, node, v8, platform, arch } = machine;
  const forced = process.env["SSM_SCAN_BACKEND"];
  const rows = [
    ["ssm-scan", version],
    ["node", `${node} (V8 ${v8}), ${platform} ${arch}`],
    ["cpu", cpuText(machine)],
    ...labelled("backend", typeof backend === "string" ? [backend + (forced ? ` (SSM_SCAN_BACKEND is ${forced})` : "")] : absence(backend)),
    ...attempts.flatMap((attempt) => labelled(`  ${attempt.name}`, "absent" in attempt ? absence(attempt) : [backendText(attempt.backend)])),
  ];
  return table(rows, ["left", "left"]);
}

/** Rows of which the first has a label. */
function labelled(label: string, lines: readonly string[]): string[][] {
  return lines.map((line, i) => [i === 0 ? label : "", line]);
}

function absence({ absent: [first, ...others] }: { absent: readonly string[] }): string[] {
  return [`absent: ${first}`, ...others];
}
