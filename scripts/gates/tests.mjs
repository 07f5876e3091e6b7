// The gate that every test keeps.
import { findBrowser } from "../setup/browser.mjs";
import { testEverything } from "../tests/index.mjs";

export const tests = () => ({
  name: "tests",
  check: async () => ((await testEverything(await findBrowser())) === 0 ? undefined : "some failed"),
});
