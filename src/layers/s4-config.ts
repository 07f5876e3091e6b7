// The options that S4 and S4D share, complete and checked.
import { ScanError } from "../error.js";
import { type TransformName, transforms } from "../init/positive.js";
import { aBoolean, aCount, aPositive, type Checks, oneOf, orNull } from "../options.js";
import { configOf } from "./config.js";
import type { LayerOptions } from "./layer.js";
import type { FunctionName } from "./rows.js";

/** Options of {@link S4} and {@link S4D}, the reference's own with its defaults. */
export interface S4BlockOptions extends LayerOptions {
  /** Features of the input and of the output; each has a system of its own. */
  dModel: number;
  /** States of a system, both of each conjugate pair counted, so even; 64. */
  dState?: number;
  /** Outputs of each system; 1. */
  channels?: number;
  /** Systems with their own A and B, which features take in turn; divides dModel; dModel. */
  nSsm?: number;
  /** The initial steps lie between these, evenly in their logarithms; 0.001 and 0.1. */
  dtMin?: number;
  dtMax?: number;
  /** Whether all states of a feature have the same step; true. */
  dtTie?: boolean;
  /** How steps are stored; "exp". */
  dtTransform?: TransformName;
  /** How the negated real parts of A are stored; "exp". */
  realTransform?: TransformName;
  /** How the negated imaginary parts of A are stored; "none". */
  imagTransform?: TransformName;
  /** Whether a second readout runs backwards, over what follows the present step; false. */
  bidirectional?: boolean;
  /**
   * The kernel's longest: outputs of a longer sequence see no more than the `lMax / rate` latest inputs, as in the reference.
   * Only a kernel can be cut off: such a sequence refuses "scan" and "recurrent", and `step` and what a state remembers are
   * those of the whole kernel. null, the default, for no limit.
   */
  lMax?: number | null;
  /** Readouts of states that turn faster than this part of the Nyquist frequency are taken for 0; null, the default, for none. */
  bandlimit?: number | null;
  /** A multiplier of all steps: 2 for data at half the rate of training; 1. */
  rate?: number;
  /** After the systems; "gelu", by erf. */
  activation?: Activation;
  /** After the output's weights, of which "glu" has twice as many; "glu". */
  finalAct?: Activation | "glu";
}

/** Functions that layers of S4 apply. */
export type Activation = "identity" | "gelu" | "silu" | "relu" | "tanh" | "sigmoid";

/** Their numbers' names. */
export const activations: Readonly<Record<Activation, FunctionName>> = {
  identity: "identity",
  gelu: "geluErf",
  silu: "silu",
  relu: "relu",
  tanh: "tanh",
  sigmoid: "sigmoid",
};

/** What both layers have, and what S4D alone has. */
export type S4Config = Required<S4BlockOptions> & { isReal?: boolean };

/** States of a system that are kept: one of each conjugate pair, or all real ones. */
export const statesOf = ({ dState, isReal = false }: Pick<S4Config, "dState" | "isReal">): number => (isReal ? dState : dState / 2);

const checks: Checks = {
  dModel: aCount,
  dState: aCount,
  channels: aCount,
  nSsm: aCount,
  dtMin: aPositive,
  dtMax: aPositive,
  dtTie: aBoolean,
  dtTransform: oneOf(transforms),
  realTransform: oneOf(transforms),
  imagTransform: oneOf(transforms),
  bidirectional: aBoolean,
  lMax: orNull(aCount),
  bandlimit: orNull(aPositive),
  rate: aPositive,
  activation: oneOf(activations),
  finalAct: oneOf({ ...activations, glu: true }),
};

const defaults = {
  dState: 64,
  channels: 1,
  dtMin: 0.001,
  dtMax: 0.1,
  dtTie: true,
  dtTransform: "exp",
  realTransform: "exp",
  imagTransform: "none",
  bidirectional: false,
  lMax: null,
  bandlimit: null,
  rate: 1,
  activation: "gelu",
  finalAct: "glu",
} as const;

/** The options given, with `own` checks and defaults of the layer, and the reference's defaults for the others. */
export function s4Config<O extends S4BlockOptions>(layer: string, options: O, own: { checks: Checks; defaults: Partial<O> }): Required<O> {
  const config = configOf(layer, options, { ...checks, ...own.checks }, { ...defaults, ...own.defaults } as Partial<O>) as unknown as Required<O>;
  const { dModel, dState, dtMin, dtMax, isReal = false, nSsm = dModel } = config as unknown as S4Config;
  const refuse = (message: string): never => {
    throw new ScanError("option", `${layer}: ${message}`);
  };
  if (!isReal && dState % 2 !== 0) refuse(`\`dState\` ${dState} must be a multiple of 2: conjugate pairs`);
  if (dModel % nSsm !== 0) refuse(`\`nSsm\` ${nSsm} must divide \`dModel\` ${dModel}`);
  if (dtMin > dtMax) refuse(`\`dtMin\` ${dtMin} is above \`dtMax\` ${dtMax}`);
  return { ...config, nSsm };
}
