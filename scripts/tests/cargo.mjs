// The tests of the core, with threads and without.
import { attempt } from "../programs.mjs";
import { tally } from "./tally.mjs";

const RESULT = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm;

export async function testCore() {
  console.log("[test] core, with threads (built in about 1 min the first time)");
  const threaded = await cargoTest();
  console.log("[test] core, without threads");
  return [threaded, await cargoTest("--no-default-features")];
}

async function cargoTest(...features) {
  const args = ["test", "--locked", "-p", "ssm-scan-core", "--no-fail-fast", ...features];
  const { code, output } = await attempt("cargo", args, { env: { CARGO_TERM_COLOR: "never" } });
  const results = [...output.matchAll(RESULT)].map((match) => match.slice(1).map(Number));
  const sum = (column) => results.reduce((total, counts) => total + counts[column], 0);
  return tally(code, { passed: sum(0), failed: sum(1), skipped: sum(2) });
}
