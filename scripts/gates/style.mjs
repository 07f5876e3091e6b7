// Gates that read the code and run none of it.
import { at } from "../root.mjs";
import { installedToolchain, TARGET } from "../setup/wasm-toolchain.mjs";
import { program } from "./gate.mjs";

const tool = (name) => at("node_modules/.bin", name);

const clippy = (name, ...args) =>
  program(`clippy: ${name}`, "cargo", ["clippy", "-q", "--locked", ...args, "--", "-D", "warnings"]);

const wasmClippy = () =>
  installedToolchain()?.cargo === "cargo"
    ? clippy("wasm", "-p", "ssm-scan-wasm", "--target", TARGET)
    : {
        name: "clippy: wasm",
        check: () => `clippy needs \`rustup target add ${TARGET}\`, whatever else can build for it`,
      };

export const style = () => [
  program("rustfmt", "cargo", ["fmt", "--all", "--check"]),
  clippy("core", "-p", "ssm-scan-core", "--all-targets"),
  clippy("core, without threads", "-p", "ssm-scan-core", "--all-targets", "--no-default-features"),
  clippy("node", "-p", "ssm-scan-node"),
  wasmClippy(),
  clippy("xtask", "-p", "xtask"),
  clippy("bench", "-p", "ssm-scan-bench", "--all-targets"),
  program("tsc", tool("tsc"), ["-p", "tsconfig.json"]),
  program("eslint", tool("eslint"), ["."]),
];
