// The options of the textbook SSM, complete and checked.
import { ScanError } from "../error.js";
import { type SsmInit, ssmInits } from "../init/ssm.js";
import { rules } from "../init/system.js";
import { aCount, aPositive, oneOf } from "../options.js";
import { configOf } from "./config.js";
import type { LayerOptions } from "./layer.js";

export type { SsmInit } from "../init/ssm.js";

/** Options of {@link Ssm}. */
export interface SsmOptions extends LayerOptions {
  /** Features of the input and of the output. */
  dModel: number;
  /** States; 64. */
  stateSize?: number;
  /** What A and B begin as: a HiPPO system of the measure, or "random", dissipating and turning; "legs". */
  init?: SsmInit;
  /** By the matrix exponential, by Tustin's rule, or by the forward difference, which needs small steps; "zoh". */
  discretization?: "zoh" | "bilinear" | "euler";
  /** The initial step lies between these, evenly in its logarithm; 0.001 and 0.1. */
  dtMin?: number;
  dtMax?: number;
  /** The initial step itself, instead. */
  dt?: number;
}

/** All options; `dt` only where it was given. */
export type SsmConfig = Required<Omit<SsmOptions, "dt">> & Pick<SsmOptions, "dt">;

const checks = {
  dModel: aCount,
  stateSize: aCount,
  init: oneOf(ssmInits),
  discretization: oneOf(rules),
  dtMin: aPositive,
  dtMax: aPositive,
  dt: aPositive,
};

const defaults = { stateSize: 64, init: "legs", discretization: "zoh", dtMin: 0.001, dtMax: 0.1 } as const;

/** The options given and the defaults for the others. */
export function ssmConfig(options: SsmOptions): SsmConfig {
  const config = configOf("Ssm", options, checks, defaults) as SsmConfig;
  const { dtMin, dtMax, init, stateSize } = config;
  if (dtMin > dtMax) throw new ScanError("option", `Ssm: \`dtMin\` ${dtMin} is above \`dtMax\` ${dtMax}`);
  if (init === "fourier" && stateSize % 2 !== 0) {
    throw new ScanError("option", `Ssm: \`stateSize\` ${stateSize} must be a multiple of 2: init "fourier" has pairs of a sine and a cosine`);
  }
  return config;
}
