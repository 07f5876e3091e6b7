// The tests of the package as it ships, in Node and in a browser.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inTerminal } from "../programs.mjs";
import { at } from "../root.mjs";
import { tally } from "./tally.mjs";

/** Without the path of a browser, the browser's project is left out. */
export async function testPackage(browser, args = []) {
  console.log(`[test] package, in Node${browser ? " and in a browser" : ""}`);
  const folder = mkdtempSync(join(tmpdir(), "ssm-scan-test-"));
  const file = join(folder, "vitest.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const projects = browser ? [] : ["--project=!browser"];
    const code = await inTerminal(
      at("node_modules/.bin/vitest"),
      ["run", ...reporters, ...projects, ...args],
      browser && { CHROMIUM: browser },
    );
    return tally(code, existsSync(file) ? counts(file) : { passed: 0, failed: 0, skipped: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function counts(file) {
  const run = JSON.parse(readFileSync(file, "utf8"));
  // A file that cannot be loaded has no tests to count, and failed all the same.
  const unloaded = run.testResults.filter(
    (suite) => suite.status === "failed" && !suite.assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: run.numPassedTests,
    failed: run.numFailedTests + unloaded.length,
    skipped: run.numPendingTests + run.numTodoTests,
  };
}
