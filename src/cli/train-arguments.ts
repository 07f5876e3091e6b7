// What the words after `train` ask for.
import type { Activation, LayerName, NormKind, WeightFormat } from "../index.js";
import { activations } from "../layers/activation.js";
import { layerClasses } from "../layers/registry.js";
import { weightFormats } from "../models/checkpoint-tensor.js";
import { countOf, list, numberOf, UsageError } from "./numbers.js";
import { defaults, type Settings, type TaskName } from "./training/settings.js";

export interface TrainRequest {
  /** A folder. */
  out: string;
  /** Seconds. */
  saveEvery: number;
  /** Every core where left out. */
  threads?: number;
  /** Those that are given. */
  given: Partial<Settings>;
}

const norms: Readonly<Record<NormKind, true>> = { layer: true, batch: true, rms: true };

const amount = (option: string, text: string): number => numberOf(option, text, (x) => x >= 0, "a number of at least 0");
const positive = (option: string, text: string): number => numberOf(option, text, (x) => x > 0, "a number above 0");
const oneOf = (table: Readonly<Record<string, unknown>>) => (option: string, text: string): string => {
  if (!Object.hasOwn(table, text)) throw new UsageError(`--${option} must be ${list(table)}, got "${text}"`);
  return text;
};

/** How each setting is read. */
const settings: Readonly<Record<keyof Settings, (option: string, text: string) => Settings[keyof Settings]>> = {
  task: (option, text) => oneOf(defaults)(option, text) as TaskName,
  layer: (option, text) => oneOf(layerClasses)(option, text) as LayerName,
  "d-model": countOf,
  layers: countOf,
  "state-size": countOf,
  norm: (option, text) => oneOf(norms)(option, text) as NormKind,
  activation: (option, text) => oneOf(activations)(option, text) as Activation,
  dropout: (option, text) => numberOf(option, text, (x) => x >= 0 && x < 1, "a number of at least 0, below 1"),
  batch: countOf,
  epochs: countOf,
  lr: positive,
  "system-rate": amount,
  "weight-decay": amount,
  warmup: amount,
  clip: positive,
  patience: countOf,
  seed: (option, text) => numberOf(option, text, (x) => Number.isSafeInteger(x) && x >= 0 && x < 2 ** 18, "a whole number from 0 to 262143"),
  length: countOf,
  tokens: countOf,
  text: (option, text) => {
    if (text === "") throw new UsageError(`--${option} must be a file, got ""`);
    return text;
  },
  examples: countOf,
  held: countOf,
  weights: (option, text) => oneOf(weightFormats)(option, text) as WeightFormat,
};

interface Word {
  type: "string";
}

export type TrainOption = keyof Settings | "out" | "save-every";

/** All of them, for the reader of command lines. */
export const trainOptions: Record<TrainOption, Word> = Object.fromEntries([...Object.keys(settings), "out", "save-every"].map((name) => [name, { type: "string" }])) as Record<TrainOption, Word>;

/** The options of `train` among values that are given. */
export function trainRequest(values: Readonly<Partial<Record<TrainOption | "threads", string>>>): TrainRequest {
  const { out, threads, "save-every": saveEvery } = values;
  if (!out) throw new UsageError("train needs --out DIR");
  const given = (Object.keys(settings) as (keyof Settings)[]).flatMap((name) => (values[name] === undefined ? [] : [[name, settings[name](name, values[name])]]));
  return {
    out,
    saveEvery: saveEvery === undefined ? 60 : amount("save-every", saveEvery),
    ...(threads !== undefined && { threads: countOf("threads", threads) }),
    given: Object.fromEntries(given) as Partial<Settings>,
  };
}
