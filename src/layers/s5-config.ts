// The options of S5, complete and checked.
import { ScanError } from "../error.js";
import { readouts } from "../init/s5.js";
import { aBoolean, aCount, aPositive, type Checks, oneOf } from "../options.js";
import { configOf } from "./config.js";
import type { S5SsmOptions } from "./s5-ssm.js";

export type S5Config = Readonly<Required<S5SsmOptions>>;

export const s5Checks: Checks = {
  dModel: aCount,
  ssmSize: aCount,
  blocks: aCount,
  CInit: oneOf(readouts),
  discretization: oneOf({ zoh: true, bilinear: true }),
  dtMin: aPositive,
  dtMax: aPositive,
  conjSym: aBoolean,
  clipEigs: aBoolean,
  bidirectional: aBoolean,
  stepRescale: aPositive,
};

const defaults = {
  ssmSize: 256,
  CInit: "trunc_standard_normal",
  discretization: "zoh",
  dtMin: 0.001,
  dtMax: 0.1,
  conjSym: true,
  clipEigs: false,
  bidirectional: false,
  stepRescale: 1,
} as const;

/** The options given and the reference's defaults for the others. */
export function s5Config(options: S5SsmOptions): S5Config {
  const config = configOf("S5Ssm", options, s5Checks, defaults);
  const { ssmSize, conjSym, dtMin, dtMax, blocks = mostBlocks(ssmSize, conjSym) } = config;
  const unit = conjSym ? 2 * blocks : blocks;
  if (ssmSize % unit !== 0) {
    throw new ScanError("option", `S5Ssm: \`ssmSize\` ${ssmSize} must be a multiple of ${unit}: ${blocks} \`blocks\`${conjSym ? " of conjugate pairs" : ""}`);
  }
  if (dtMin > dtMax) throw new ScanError("option", `S5Ssm: \`dtMin\` ${dtMin} is above \`dtMax\` ${dtMax}`);
  return Object.freeze({ ...config, blocks }) as S5Config;
}

/** The reference's 8 blocks, or as many as `ssmSize` can be cut into. */
function mostBlocks(ssmSize: number, conjSym: boolean): number {
  let blocks = 8;
  while (blocks > 1 && ssmSize % (conjSym ? 2 * blocks : blocks) !== 0) blocks--;
  return blocks;
}
