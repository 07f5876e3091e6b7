// The Node addon: dist/native/ssm-scan.<platform>.node, its loader and its types.
import { rmSync } from "node:fs";
import { answer, run } from "../programs.mjs";
import { at } from "../root.mjs";
import { CORE, flagsInForce, WORKSPACE } from "./rust-inputs.mjs";
import { step } from "./step.mjs";

// CommonJS, because the facade loads it with `require`: an addon loads at once or not at all.
const OUTPUT = ["--output-dir", "dist/native", "--js", "index.cjs", "--dts", "index.d.cts"];

export const buildNative = () =>
  step(
    {
      name: "native addon",
      takes: "about 1 min",
      files: [...WORKSPACE, ...CORE, "crates/node", "package.json", "package-lock.json"],
      facts: () => [answer("rustc", ["-vV"]), process.arch, flagsInForce()],
      makes: ["dist/native/index.cjs", "dist/native/index.d.cts"],
    },
    () => {
      // Not overwritten in place: a process may have the old addon in its memory.
      rmSync(at("dist/native"), { recursive: true, force: true });
      const crate = ["--manifest-path", "crates/node/Cargo.toml"];
      const build = ["build", "--platform", "--release", ...crate, ...OUTPUT, "--", "--locked"];
      return run(at("node_modules/.bin/napi"), build);
    },
  );
