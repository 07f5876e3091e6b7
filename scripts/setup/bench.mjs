// The bench: its JavaScript in bench/dist, and the program of its contestants in Rust.
import { existsSync, rmSync } from "node:fs";
import { answer, run } from "../programs.mjs";
import { at } from "../root.mjs";
import { CORE, flagsInForce, WORKSPACE } from "./rust-inputs.mjs";
import { step } from "./step.mjs";

const SOURCES = ["main.ts", "bench.ts", "arguments.ts", "conduct.ts", "progress.ts", "root.ts"];
const FOLDERS = ["cases", "contestants", "goals", "report", "timing"];

export async function buildBench() {
  await buildTypescript();
  if (existsSync(at("crates/bench"))) await buildRust();
}

const buildTypescript = () =>
  step(
    {
      name: "bench",
      takes: "about 5 s",
      files: [...[...SOURCES, ...FOLDERS].map((name) => `bench/${name}`), "tsconfig.json", "tsconfig.bench.json", "package-lock.json", "dist/index.d.ts"],
      makes: ["bench/dist/main.js"],
    },
    () => {
      rmSync(at("bench/dist"), { recursive: true, force: true });
      return run(at("node_modules/.bin/tsc"), ["-p", "tsconfig.bench.json"]);
    },
  );

const program = () => {
  const name = `ssm-scan-bench${process.platform === "win32" ? ".exe" : ""}`;
  return at(process.env.CARGO_TARGET_DIR ?? "target", "release", name);
};

const buildRust = () =>
  step(
    {
      name: "bench in rust",
      takes: "about 1 min",
      files: [...WORKSPACE, ...CORE, "crates/bench"],
      facts: () => [answer("rustc", ["-vV"]), process.arch, flagsInForce()],
      makes: [program()],
    },
    () => run("cargo", ["build", "--release", "--locked", "-p", "ssm-scan-bench"]),
  );
