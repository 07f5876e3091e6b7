// The browser that the tests run in.
import { Failure } from "../failure.mjs";
import { find } from "../programs.mjs";
import { byHand, install } from "./debian.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** The path of a Chromium, installed first where it has to be; undefined where it is not wanted. */
export async function findBrowser() {
  if (process.env.SKIP_BROWSER) {
    console.log("[set-up] browser: SKIP_BROWSER is set, NOTHING IS TESTED IN A BROWSER");
    return undefined;
  }
  const installed = () => process.env.CHROMIUM ?? find(...NAMES);
  if (!installed()) {
    console.log("[set-up] browser: about 1 min the first time");
    await install("chromium");
  }
  const path = installed();
  if (path) {
    console.log(`[set-up] browser: ${path}`);
    return path;
  }
  throw new Failure(
    `the browser tests need a Chromium: ${byHand("chromium")}, or name one in CHROMIUM, or leave them out with SKIP_BROWSER=1`,
  );
}
