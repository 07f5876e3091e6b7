// The WebAssembly modules in dist/wasm, one for each set of instructions, and the glue that serves both.
import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { Failure } from "../failure.mjs";
import { answer, run } from "../programs.mjs";
import { at } from "../root.mjs";
import { CORE, flagsInForce, WORKSPACE } from "./rust-inputs.mjs";
import { step } from "./step.mjs";
import { installedToolchain, TARGET, wasmToolchain } from "./wasm-toolchain.mjs";

const OUTPUT = "dist/wasm";
const GLUE = ["index.js", "index.d.ts", "index_bg.wasm.d.ts"];

/** Where cargo builds. The second module has a folder of its own there: neither undoes what the other compiled. */
const BUILD = at(process.env.CARGO_TARGET_DIR ?? "target");

// A shell's own flags would replace those of .cargo/config.toml, which ask for SIMD.
const NO_FLAGS = { RUSTFLAGS: undefined, CARGO_ENCODED_RUSTFLAGS: undefined };

/** What the builds differ in: the file, cargo's folder, the compiler's flags, and what wasm-opt has to be told. */
const SIMD = { file: `${OUTPUT}/index_bg.wasm`, target: BUILD, flags: NO_FLAGS, known: [] };
const RELAXED = {
  file: `${OUTPUT}/relaxed_bg.wasm`,
  target: `${BUILD}/relaxed`,
  flags: { ...NO_FLAGS, RUSTFLAGS: "-C target-feature=+simd128,+relaxed-simd" },
  known: ["--enable-relaxed-simd"],
};

export const MODULES = [SIMD.file, RELAXED.file];

export const buildWasm = () =>
  step(
    {
      name: "wasm modules",
      takes: "2 to 5 min",
      files: [...WORKSPACE, ...CORE, "crates/wasm", "crates/xtask", "package-lock.json", "scripts/setup/wasm.mjs"],
      facts: () => [installedToolchain()?.name, hasWasmPack(), flagsInForce()],
      makes: [...MODULES, ...GLUE.map((name) => `${OUTPUT}/${name}`)],
    },
    async () => {
      const toolchain = await wasmToolchain();
      console.log(`  with ${toolchain.name}${hasWasmPack() ? " and wasm-pack" : ""}`);
      for (const module of [SIMD, RELAXED]) await build(module, toolchain);
      publish();
      for (const { file, bytes, gzipped } of wasmSizes()) console.log(`  ${file}: ${bytes} bytes, ${gzipped} gzipped`);
    },
  );

/** The modules' sizes, as files and as they travel. */
export function wasmSizes() {
  return MODULES.map((file) => {
    const module = readFileSync(at(file));
    return { file, bytes: module.length, gzipped: gzipSync(module, { level: 9 }).length };
  });
}

/** Where a module and its glue stand until both modules are there. */
const staged = ({ target }, name = "") => `${target}/ssm-scan-wasm/${name}`;

async function build(module, toolchain) {
  console.log(`  ${module.file}`);
  rmSync(staged(module), { recursive: true, force: true });
  await (hasWasmPack() ? byWasmPack : byHand)(module, toolchain);
  console.log("  wasm-opt -O4");
  const linked = staged(module, "index_bg.wasm");
  await run(at("node_modules/.bin/wasm-opt"), ["-O4", ...module.known, linked, "-o", linked]);
}

/** Puts both modules into the package, with one glue. */
function publish() {
  const [glue, other] = [SIMD, RELAXED].map((module) => readFileSync(staged(module, "index.js"), "utf8"));
  if (glue !== other) {
    const [one, two] = [SIMD, RELAXED].map((module) => staged(module, "index.js"));
    throw new Failure(`one glue has to serve both WebAssembly modules, and wasm-bindgen wrote two: compare ${one} and ${two}`);
  }
  rmSync(at(OUTPUT), { recursive: true, force: true });
  mkdirSync(at(OUTPUT), { recursive: true });
  for (const name of GLUE) copyFileSync(staged(SIMD, name), at(OUTPUT, name));
  for (const module of [SIMD, RELAXED]) copyFileSync(staged(module, "index_bg.wasm"), at(module.file));
}

/** wasm-pack calls the wasm-bindgen of PATH, which has to be of the very version of the crate. */
function hasWasmPack() {
  const lock = readFileSync(at("Cargo.lock"), "utf8");
  const [, version] = /name = "wasm-bindgen"\nversion = "(.+)"/.exec(lock) ?? [];
  const installed = answer("wasm-bindgen", ["--version"]);
  return installed === `wasm-bindgen ${version}` && answer("wasm-pack", ["--version"]) !== undefined;
}

async function byWasmPack(module, { cargo, env, args }) {
  // Only `force` takes a toolchain that builds its own standard library.
  const mode = args.length > 0 ? "force" : "no-install";
  const output = ["--out-dir", staged(module), "--out-name", "index", "--no-pack"];
  await run(
    "wasm-pack",
    ["build", "crates/wasm", "--target", "web", "--release", "--mode", mode, ...output, "--", "--locked", ...args],
    { env: { ...module.flags, ...env, CARGO: cargo, CARGO_TARGET_DIR: module.target } },
  );
}

/** The steps of wasm-pack, with wasm-bindgen's library in place of its program. */
async function byHand(module, { cargo, env, args }) {
  const crate = ["build", "--release", "--locked", "-p", "ssm-scan-wasm", "--target", TARGET];
  await run(cargo, [...crate, "--target-dir", module.target, ...args], { env: { ...module.flags, ...env } });
  const linked = `${module.target}/${TARGET}/release/ssm_scan_wasm.wasm`;
  await run("cargo", ["run", "--locked", "-p", "xtask", "--", "bindgen", linked, staged(module), "index"]);
}
