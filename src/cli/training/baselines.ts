// What a text's test part comes to without any network.
import { gzipSync } from "node:zlib";
import { train } from "../../index.js";
import { textOf } from "./tasks.js";
import type { Settings } from "./settings.js";

const ORDER = 3;

/** Bits per byte of the part that the task's test set foretells, of a text: of gzip -9, and of counts in the training part. */
export function baselinesOf(settings: Settings, { name, test }: train.Task): Pick<train.LogEntry, "baselines"> {
  if (name !== "text") return {};
  const parts = train.textParts(textOf(settings));
  const held = parts.test.subarray(1, 1 + test.count * settings.length!);
  return { baselines: { gzip: (8 * gzipSync(held, { level: 9 }).length) / held.length, [`order-${ORDER} n-gram`]: train.ngramBits(parts.training, held, ORDER) } };
}

/** In words, behind others. */
export function baselinesText(baselines: Readonly<Record<string, number>>): string {
  const found = Object.entries(baselines).map(([name, bits]) => `${name} ${bits.toFixed(3)}`);
  return found.length === 0 ? "" : ` (${found.join(", ")})`;
}
