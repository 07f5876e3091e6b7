// What stands for the addon where there is none.
import type { Engine, InitOptions } from "./backend.js";

/** Says so. */
export function loadNative(_options: InitOptions): Engine {
  throw new Error("there are no native addons in this environment");
}
