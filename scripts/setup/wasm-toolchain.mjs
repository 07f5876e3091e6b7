// A Rust that can build for WebAssembly: the one in use, or Debian's.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.mjs";
import { answer, attempt, find, isProgram } from "../programs.mjs";
import { byHand, install } from "./debian.mjs";
import { reaches, RUST } from "./prerequisites.mjs";

export const TARGET = "wasm32-unknown-unknown";

const DEBIAN = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const LINKER = "/usr/bin/wasm-ld-22";

/**
 * The toolchain that is installed, undefined where none is: `cargo` to call, with `env` and `args`.
 * @returns {{ name: string, cargo: string, env: object, args: string[] } | undefined}
 */
export const installedToolchain = () => prebuilt() ?? debian();

/** The same, installed first where it has to be. */
export async function wasmToolchain() {
  const found = installedToolchain() ?? (await addTarget()) ?? (await installDebian());
  if (found) return found;
  throw new Failure(
    `no Rust here can build for WebAssembly: \`rustup target add ${TARGET}\`, or ${byHand(...DEBIAN)}`,
  );
}

/** The Rust in use, where it has its standard library for WebAssembly. */
function prebuilt() {
  const sysroot = answer("rustc", ["--print", "sysroot"]);
  if (!sysroot || !existsSync(join(sysroot, "lib/rustlib", TARGET, "lib"))) return undefined;
  return { name: answer("rustc", ["--version"]), cargo: "cargo", env: {}, args: [] };
}

async function addTarget() {
  if (!find("rustup")) return undefined;
  console.log(`  rustup target add ${TARGET}`);
  const options = { timeout: 180, env: { RUST_BACKTRACE: "0" } };
  const { code } = await attempt("rustup", ["target", "add", TARGET], options);
  if (code === 0) return prebuilt();
  console.log("  rustup could not fetch it; going on with Debian's Rust");
  return undefined;
}

const installDebian = async () => ((await install(...DEBIAN)) ? debian() : undefined);

/** Debian's Rust has no library for WebAssembly: it comes with the sources, to be built each time. */
function debian() {
  const [rustc, cargo] = ["/usr/bin/rustc", "/usr/bin/cargo"];
  if (![rustc, cargo, LINKER].every(isProgram)) return undefined;
  const version = answer(rustc, ["--version"]);
  const sysroot = answer(rustc, ["--print", "sysroot"]);
  if (!version || !sysroot || !reaches(version.split(" ")[1], RUST)) return undefined;
  if (!existsSync(join(sysroot, "lib/rustlib/src/rust/library/std/Cargo.toml"))) return undefined;
  return {
    name: `Debian's ${version}`,
    cargo,
    env: {
      RUSTC: rustc,
      RUSTC_BOOTSTRAP: "1", // lets a stable cargo take -Z
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: LINKER,
    },
    args: ["-Z", "build-std=std,panic_abort"],
  };
}
