// What stands for the addon where there is none.
import type { Engine } from "./backend.js";

/** Says so. */
export function loadNative(): Engine {
  throw new Error("there are no native addons in this environment");
}
