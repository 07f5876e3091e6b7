// The options of Mamba and Mamba-2, complete and checked.
import { ScanError } from "../error.js";
import { aBoolean, aCount, aNumber, aPositive, type Check, type Checks, oneOf } from "../options.js";
import { configOf } from "./config.js";
import type { LayerOptions } from "./layer.js";

/** Options that {@link Mamba} and {@link Mamba2} share, the reference's own with its defaults. */
export interface MambaCommonOptions extends LayerOptions {
  /** Features of the input and of the output. */
  dModel: number;
  /** States of each channel; 16, and 128 in Mamba-2. */
  dState?: number;
  /** Taps of the causal convolution; 4. */
  dConv?: number;
  /** Channels for each feature; 2. */
  expand?: number;
  /** The initial step sizes lie between these, evenly in their logarithms; 0.001 and 0.1. */
  dtMin?: number;
  dtMax?: number;
  /** No initial step size is below this; 1e-4. */
  dtInitFloor?: number;
  /** Whether the convolution has a bias; true. */
  convBias?: boolean;
  /** Whether the dense layers at the beginning and at the end have biases; false. */
  bias?: boolean;
}

/** Options of {@link Mamba}. */
export interface MambaOptions extends MambaCommonOptions {
  /** Features that step sizes are computed from; "auto" (the default) is dModel / 16, rounded up. */
  dtRank?: number | "auto";
  /** The initial weights of step sizes: "random" (the default), uniform within `dtScale / sqrt(dtRank)`, or "constant", all that. */
  dtInit?: "random" | "constant";
  /** 1. */
  dtScale?: number;
  /** Falcon-Mamba's: whether dt, B and C are divided by their root mean squares, without weights; false. */
  mixerRms?: boolean;
  /** The epsilon of these; 1e-6. */
  mixerRmsEps?: number;
}

/** Options of {@link Mamba2}. */
export interface Mamba2Options extends MambaCommonOptions {
  /** Channels of a head, which have one step size and one decay; 64. */
  headdim?: number;
  /** Channels that the recurrence has; the others are a gated dense layer's. All, `expand dModel`, if left out. */
  dSsm?: number;
  /** Groups of heads that share B and C; 1. */
  ngroups?: number;
  /** The initial weights of the convolution are uniform within this; torch's own, `1 / sqrt(dConv)`, if left out. */
  convInit?: number;
  /** The initial decay rates of heads are uniform between these; 1 and 16. */
  AInitRange?: readonly [number, number];
  /** Whether D is of each channel, and not of each head; false. */
  DHasHdim?: boolean;
  /** Whether the output is normalised by its root mean square within groups; true. */
  rmsnorm?: boolean;
  /** Whether it is so before the gate, and not after it; false. */
  normBeforeGate?: boolean;
  /** Groups of channels that are normalised each for itself; `ngroups`, as in the references. Transformers 4 had 1. */
  normGroups?: number;
  /** The epsilon of the normalisation; 1e-5. */
  normEps?: number;
  /** Step sizes are kept between these, in `step` too; 0 and Infinity (for JSON also null). */
  dtLimit?: readonly [number, number | null];
  /** Steps of the chunks that time is cut into, which changes rounding alone; 256, which and above which they are chosen. */
  chunkSize?: number;
}

/** The options of {@link Mamba}, complete. */
export type MambaConfig = Readonly<Required<Omit<MambaOptions, "dtRank">>> & { readonly dtRank: number };

/** The options of {@link Mamba2}, complete. */
export type Mamba2Config = Readonly<Required<Omit<Mamba2Options, "dtLimit">>> & { readonly dtLimit: readonly [number, number] };

const aShare: Check = (value) => (typeof value === "number" && Number.isFinite(value) && value >= 0 ? undefined : "a number of at least 0");

const isPair = (value: unknown): value is [number, number | null] => Array.isArray(value) && value.length === 2 && typeof value[0] === "number" && value[0] >= 0;

const aRange: Check = (value) =>
  isPair(value) && value[0] > 0 && Number.isFinite(value[1]) && value[1]! >= value[0] ? undefined : "[least, most], both above 0";

const aLimit: Check = (value) =>
  isPair(value) && (value[1] === null || value[1] >= value[0]) ? undefined : "[least, most], from 0 to Infinity";

const common: Checks = {
  dModel: aCount,
  dState: aCount,
  dConv: aCount,
  expand: aPositive,
  dtMin: aPositive,
  dtMax: aPositive,
  dtInitFloor: aShare,
  convBias: aBoolean,
  bias: aBoolean,
};

const commonDefaults = { dConv: 4, expand: 2, dtMin: 0.001, dtMax: 0.1, dtInitFloor: 1e-4, convBias: true, bias: false } as const;

const aRank: Check = (value, name) => (value === "auto" ? undefined : aCount(value, name) && 'a whole number of at least 1 or "auto"');

const mambaChecks: Checks = {
  ...common,
  dtRank: aRank,
  dtInit: oneOf({ random: true, constant: true }),
  dtScale: aNumber,
  mixerRms: aBoolean,
  mixerRmsEps: aPositive,
};

const mambaDefaults = { ...commonDefaults, dState: 16, dtRank: "auto", dtInit: "random", dtScale: 1, mixerRms: false, mixerRmsEps: 1e-6 } as const;

const mamba2Checks: Checks = {
  ...common,
  headdim: aCount,
  dSsm: aCount,
  ngroups: aCount,
  convInit: aPositive,
  AInitRange: aRange,
  DHasHdim: aBoolean,
  rmsnorm: aBoolean,
  normBeforeGate: aBoolean,
  normGroups: aCount,
  normEps: aPositive,
  dtLimit: aLimit,
  chunkSize: aCount,
};

const mamba2Defaults = {
  ...commonDefaults,
  dState: 128,
  headdim: 64,
  ngroups: 1,
  AInitRange: [1, 16],
  DHasHdim: false,
  rmsnorm: true,
  normBeforeGate: false,
  normEps: 1e-5,
  dtLimit: [0, Infinity],
  chunkSize: 256,
} as const;

/** Channels of a layer. */
export const innerOf = ({ dModel, expand }: { dModel: number; expand: number }): number => Math.trunc(expand * dModel);

/** The options of {@link Mamba} given, and the reference's defaults for the others. */
export function mambaConfig(options: MambaOptions): MambaConfig {
  const config = configOf("Mamba", options, mambaChecks, mambaDefaults as Partial<MambaOptions> & typeof mambaDefaults);
  checkCommon("Mamba", config);
  const { dtRank, dModel } = config as { dtRank: number | "auto"; dModel: number };
  return Object.freeze({ ...config, dtRank: dtRank === "auto" ? Math.ceil(dModel / 16) : dtRank });
}

/** The options of {@link Mamba2} given, and the reference's defaults for the others. */
export function mamba2Config(options: Mamba2Options): Mamba2Config {
  const config = configOf("Mamba2", options, mamba2Checks, mamba2Defaults as Partial<Mamba2Options> & typeof mamba2Defaults);
  checkCommon("Mamba2", config);
  const { headdim, ngroups, dConv } = config;
  const inner = innerOf(config);
  const { dSsm = inner, normGroups = ngroups, convInit = 1 / Math.sqrt(dConv), dtLimit } = config;
  if (dSsm > inner) throw new ScanError("option", `Mamba2: \`dSsm\` ${dSsm} is more than the ${inner} channels there are`);
  checkMultiple("dSsm", dSsm, "headdim", headdim);
  checkMultiple("heads", dSsm / headdim, "ngroups", ngroups);
  checkMultiple("dSsm", dSsm, "normGroups", normGroups);
  return Object.freeze({ ...config, dSsm, normGroups, convInit, dtLimit: [dtLimit[0], dtLimit[1] ?? Infinity] as const });
}

function checkCommon(name: string, config: { dModel: number; expand: number; dtMin: number; dtMax: number }): void {
  const { dModel, expand, dtMin, dtMax } = config;
  if (innerOf(config) < 1) throw new ScanError("option", `${name}: \`expand\` ${expand} of \`dModel\` ${dModel} leaves 0 channels, expected at least 1`);
  if (dtMin > dtMax) throw new ScanError("option", `${name}: \`dtMin\` ${dtMin} is above \`dtMax\` ${dtMax}`);
}

function checkMultiple(name: string, value: number, of: string, unit: number): void {
  if (value % unit !== 0) throw new ScanError("option", `Mamba2: \`${name}\` ${value} must be a multiple of \`${of}\` ${unit}`);
}
