// The options of the LRU, complete and checked.
import { ScanError } from "../error.js";
import { aCount, aPositive, type Check, type Checks } from "../options.js";
import { configOf } from "./config.js";
import type { LruOptions } from "./lru.js";

const aRadius: Check = (value) => (typeof value === "number" && value >= 0 && value <= 1 ? undefined : "a number from 0 to 1");

export const lruChecks: Checks = { dModel: aCount, dHidden: aCount, rMin: aRadius, rMax: aRadius, maxPhase: aPositive };

const defaults = { dHidden: 64, rMin: 0, rMax: 1, maxPhase: 6.28 } as const;

/** The options given and the reference's defaults for the others. */
export function lruConfig(options: LruOptions): Required<LruOptions> {
  const config = configOf("Lru", options, lruChecks, defaults) as Required<LruOptions>;
  const { rMin, rMax } = config;
  if (rMin > rMax) throw new ScanError("option", `Lru: \`rMin\` ${rMin} is above \`rMax\` ${rMax}`);
  return config;
}
