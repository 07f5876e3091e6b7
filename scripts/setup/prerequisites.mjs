// What the machine has to have before anything can be built: Node, Rust and a C compiler.
import { Failure } from "../failure.mjs";
import { answer, find } from "../programs.mjs";
import { byHand, install } from "./debian.mjs";

const NODE = [20, 19];
/** The oldest Rust that builds the crates. */
export const RUST = [1, 89];

export function checkNode() {
  if (reaches(process.versions.node, NODE)) return;
  throw new Failure(
    `Node ${NODE.join(".")} or newer is needed, this is ${process.versions.node}: install it from https://nodejs.org`,
  );
}

export async function checkCompilers() {
  const cargo = answer("cargo", ["--version"]);
  const remedy = `install it with rustup (https://rustup.rs), or bring it up to date with \`rustup update stable\``;
  if (!cargo) throw new Failure(`cargo is not on PATH: Rust ${RUST.join(".")} or newer is needed; ${remedy}`);
  const version = cargo.split(" ")[1];
  if (!reaches(version, RUST)) {
    throw new Failure(`Rust ${RUST.join(".")} or newer is needed, this is ${version}: ${remedy}`);
  }
  const packages = ["gcc", "libc6-dev"];
  if (!find("cc") && !(await install(...packages))) {
    throw new Failure(`a C compiler named cc is needed to link: ${byHand(...packages)}`);
  }
}

/** Whether a version such as "1.95.0-nightly" is at least [major, minor]. */
export function reaches(version, [major, minor]) {
  const [itsMajor, itsMinor] = version.split(".").map(Number);
  return itsMajor > major || (itsMajor === major && itsMinor >= minor);
}
