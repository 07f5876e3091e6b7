// The WebAssembly module: dist/wasm/index_bg.wasm, its glue and their types.
import { readFileSync, rmSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { answer, run } from "../programs.mjs";
import { at } from "../root.mjs";
import { CORE, flagsInForce, WORKSPACE } from "./rust-inputs.mjs";
import { step } from "./step.mjs";
import { installedToolchain, TARGET, wasmToolchain } from "./wasm-toolchain.mjs";

const MODULE = "dist/wasm/index_bg.wasm";
const NOT_OURS = [".gitignore", "README.md", "LICENSE", "package.json"];

// A shell's own flags would replace those of .cargo/config.toml, which ask for SIMD.
const NO_FLAGS = { RUSTFLAGS: undefined, CARGO_ENCODED_RUSTFLAGS: undefined };

export const buildWasm = () =>
  step(
    {
      name: "wasm module",
      takes: "1 to 3 min",
      files: [...WORKSPACE, ...CORE, "crates/wasm", "crates/xtask", "package-lock.json"],
      facts: () => [installedToolchain()?.name, hasWasmPack(), flagsInForce()],
      makes: [MODULE, "dist/wasm/index.js", "dist/wasm/index.d.ts", "dist/wasm/index_bg.wasm.d.ts"],
    },
    async () => {
      const toolchain = await wasmToolchain();
      console.log(`  with ${toolchain.name}${hasWasmPack() ? " and wasm-pack" : ""}`);
      rmSync(at("dist/wasm"), { recursive: true, force: true });
      await (hasWasmPack() ? byWasmPack(toolchain) : byHand(toolchain));
      console.log("  wasm-opt -O4");
      await run(at("node_modules/.bin/wasm-opt"), ["-O4", MODULE, "-o", MODULE]);
      const { bytes, gzipped } = wasmSize();
      console.log(`  ${MODULE}: ${bytes} bytes, ${gzipped} gzipped`);
    },
  );

/** The module's size, as a file and as it travels. */
export function wasmSize() {
  const module = readFileSync(at(MODULE));
  return { bytes: module.length, gzipped: gzipSync(module, { level: 9 }).length };
}

/** wasm-pack calls the wasm-bindgen of PATH, which has to be of the very version of the crate. */
function hasWasmPack() {
  const lock = readFileSync(at("Cargo.lock"), "utf8");
  const [, version] = /name = "wasm-bindgen"\nversion = "(.+)"/.exec(lock) ?? [];
  const installed = answer("wasm-bindgen", ["--version"]);
  return installed === `wasm-bindgen ${version}` && answer("wasm-pack", ["--version"]) !== undefined;
}

async function byWasmPack({ cargo, env, args }) {
  // Only `force` takes a toolchain that builds its own standard library.
  const mode = args.length > 0 ? "force" : "no-install";
  const output = ["--out-dir", "../../dist/wasm", "--out-name", "index", "--no-pack"];
  await run(
    "wasm-pack",
    ["build", "crates/wasm", "--target", "web", "--release", "--mode", mode, ...output, "--", "--locked", ...args],
    { env: { ...NO_FLAGS, ...env, CARGO: cargo } },
  );
  // npm would take its .gitignore as a list of what to leave out of the package.
  for (const name of NOT_OURS) rmSync(at("dist/wasm", name), { force: true });
}

/** The steps of wasm-pack, with wasm-bindgen's library in place of its program. */
async function byHand({ cargo, env, args }) {
  const target = at(process.env.CARGO_TARGET_DIR ?? "target");
  const build = ["build", "--release", "--locked", "-p", "ssm-scan-wasm", "--target", TARGET];
  await run(cargo, [...build, "--target-dir", target, ...args], { env: { ...NO_FLAGS, ...env } });
  const linked = `${target}/${TARGET}/release/ssm_scan_wasm.wasm`;
  await run("cargo", ["run", "--locked", "-p", "xtask", "--", "bindgen", linked, "dist/wasm", "index"]);
}
