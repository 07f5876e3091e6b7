// Every test there is, counted together.
import { testCore } from "./cargo.mjs";
import { report } from "./tally.mjs";
import { testPackage } from "./vitest.mjs";

/** Returns the exit code; `browser` is the path of one, if the browser's tests are wanted. */
export const testEverything = async (browser) =>
  report([...(await testCore()), await testPackage(browser)]);
