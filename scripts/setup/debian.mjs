// Debian's packages, for what the project needs from the system.
import { attempt, find } from "../programs.mjs";

const APT = ["-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30"];
const root = process.getuid?.() === 0;

/** Installs packages; false where there is no apt-get, no right to use it, or it fails. */
export async function install(...packages) {
  if (!find("apt-get") || !(root || find("sudo"))) return false;
  console.log(`  apt-get install ${packages.join(" ")}`);
  const update = await aptGet("update", "-qq");
  if (update.code !== 0) return false;
  const { code } = await aptGet("install", "-y", "-qq", "--no-install-recommends", ...packages);
  return code === 0;
}

/** How a person would install the same. */
export const byHand = (...packages) =>
  `${root ? "" : "sudo "}apt-get install ${packages.join(" ")} (Debian's names)`;

function aptGet(...args) {
  const call = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...APT, ...args];
  // Where nobody can type a password, sudo is told not to ask.
  const sudo = root ? [] : ["sudo", ...(process.stdin.isTTY ? [] : ["-n"])];
  const [program, ...rest] = [...sudo, ...call];
  return attempt(program, rest, { quiet: true });
}
