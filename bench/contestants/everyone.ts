// Everyone who can be asked to take part.
import { existsSync } from "node:fs";
import { isLayer } from "../cases/layers/layers.js";
import type { Problem } from "../cases/problem.js";
import { at } from "../root.js";
import type { Absence, Contestant, Part } from "./contestant.js";
import { packageContestants } from "./package.js";
import { Peer, type PeerSpec } from "./peer.js";

const windows = process.platform === "win32";

const INSTALL = "npm run peers";

/** The processes: Rust and plain JavaScript always, the others as peers. */
export function peerSpecs(peers: boolean): PeerSpec[] {
  const everyone = (): boolean => true;
  const peer = (): Part => "peer";
  const binary = at(process.env["CARGO_TARGET_DIR"] ?? "target", `release/ssm-scan-bench${windows ? ".exe" : ""}`);
  const script = at("bench/peers/javascript/main.mjs");
  const python = at("bench/peers/python/.venv", windows ? "Scripts/python.exe" : "bin/python");
  const build = "cargo build --release --locked -p ssm-scan-bench";
  const specs: PeerSpec[] = [
    { name: "rust", command: { program: binary, args: [] }, ...missing("rust", binary, build), wants: everyone, partOf: rustPart, told: toldToRust, remedy: build },
    {
      name: "javascript",
      command: { program: process.execPath, args: [script] },
      ...missing("javascript", script, INSTALL),
      wants: (name) => peers || name === "plain javascript",
      partOf: peer,
      remedy: INSTALL,
    },
  ];
  if (!peers) return specs;
  const command = { program: python, args: [at("bench/peers/python/main.py")] };
  return [...specs, { name: "python", command, ...missing("python", python, INSTALL), wants: everyone, partOf: pythonPart, remedy: INSTALL }];
}

function missing(name: string, path: string, remedy: string): { absence?: Absence } {
  return existsSync(path) ? {} : { absence: { name, cause: `there is no ${path}`, remedy } };
}

function rustPart(contestant: string): Part {
  return /^(triad|exp)\b/.test(contestant) ? "limit" : "kernel";
}

/** Products of a model's shapes, and reading as many bytes. */
function pythonPart(contestant: string): Part {
  return /^torch (matmul|read)\b/.test(contestant) ? "limit" : "peer";
}

/** It knows scans: the limit of a selective scan is that of as many exponentials as there are states at all steps. */
function toldToRust(contestant: string, problem: Problem): Problem | undefined {
  const { operator, batch, length, channels = 1, n = 1, dtype, gates, reverse } = problem;
  if (!isLayer(operator)) return problem;
  if (operator !== "selective" || !contestant.startsWith("exp")) return undefined;
  return { operator: "linear", batch: 1, length: batch * length * channels * n, channels: 1, dtype, gates, reverse };
}

/** Everyone, with who is absent, and the versions of what they are made with. */
export interface Everyone {
  contestants: Contestant[];
  absent: Absence[];
  versions: Record<string, Record<string, string>>;
  end: () => Promise<void>;
}

export async function everyone(specs: readonly PeerSpec[]): Promise<Everyone> {
  const own = await packageContestants();
  const found: Everyone = { ...own, versions: {}, end: async () => void (await Promise.all(peers.map((peer) => peer.end()))) };
  const peers = specs.map((spec) => new Peer(spec));
  for (const peer of peers) {
    const { contestants, absent, versions } = await peer.introduction();
    found.contestants.push(...contestants);
    found.absent.push(...absent);
    if (Object.keys(versions).length > 0) found.versions[peer.spec.name] = versions;
  }
  return found;
}
