// How a model is trained, complete and checked.
import { ScanError } from "../error.js";
import { aCount, aNumber, aPositive, type Check, type Checks, checkOptions } from "../options.js";

/** Options of {@link Training}. */
export interface TrainingOptions {
  /** Examples in a step; 32. */
  batch?: number;
  /** 10. */
  epochs?: number;
  /** The highest, of AdamW; 1e-3. It rises over the warm-up and falls by half a cosine to 0. */
  learningRate?: number;
  /** A multiplier of it for the parameters of systems, which do not decay either; 0.25. See {@link systemGroups}. */
  systemRate?: number;
  /** 0.01. */
  weightDecay?: number;
  /** Epochs in which the rate rises; 1, at most half of all. */
  warmup?: number;
  /** What the norm of gradients is cut to; 1. */
  clip?: number;
  /** Epochs in a row without a better validation after which it is enough; Infinity. */
  patience?: number;
  /** Steps that an entry of the log has the means of; 50. */
  logEvery?: number;
  /** Of the order of examples and of dropout; 0. */
  seed?: number;
}

export type TrainingConfig = Readonly<Required<TrainingOptions>>;

const aShare: Check = (value) => (typeof value === "number" && Number.isFinite(value) && value >= 0 ? undefined : "a number of at least 0");
const orForever: Check = (value, name) => (value === Infinity ? undefined : aCount(value, name) && "a whole number of at least 1, or Infinity");

const checks: Checks = {
  batch: aCount,
  epochs: aCount,
  learningRate: aPositive,
  systemRate: aShare,
  weightDecay: aShare,
  warmup: aShare,
  clip: aPositive,
  patience: orForever,
  logEvery: aCount,
  seed: aNumber,
};

const defaults = { batch: 32, epochs: 10, learningRate: 1e-3, systemRate: 0.25, weightDecay: 0.01, clip: 1, patience: Infinity, logEvery: 50, seed: 0 } as const;

/** The options given, and defaults for the others. */
export function trainingConfig(options: TrainingOptions): TrainingConfig {
  const given = Object.entries(checkOptions("Training", options, checks)).filter(([, value]) => value !== undefined);
  const config = { ...defaults, ...(Object.fromEntries(given) as TrainingOptions) };
  const { epochs, warmup = Math.min(1, epochs / 2) } = config;
  if (warmup > epochs) throw new ScanError("option", `Training: \`warmup\` ${warmup} is more than the ${epochs} \`epochs\` there are`);
  return Object.freeze({ ...config, warmup });
}
