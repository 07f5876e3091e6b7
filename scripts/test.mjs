// npm test [-- VITEST ARGUMENTS]: builds the package, then runs every test; with arguments, Vitest alone.
import { command } from "./failure.mjs";
import { findBrowser } from "./setup/browser.mjs";
import { setUp } from "./setup/index.mjs";
import { testEverything } from "./tests/index.mjs";
import { report } from "./tests/tally.mjs";
import { testPackage } from "./tests/vitest.mjs";

await command(async () => {
  const chosen = process.argv.slice(2);
  await setUp();
  const browser = await findBrowser();
  if (chosen.length === 0) return testEverything(browser);
  console.log("[test] cargo test is left out: the arguments are Vitest's");
  return report([await testPackage(browser, chosen)]);
});
