// What a training of the command is made of, and what it is where nothing is said.
import type { Activation, LayerName, NormKind, WeightFormat } from "../../index.js";
import { UsageError } from "../numbers.js";

/** Everything that a training's numbers depend on, by the names of the options. */
export interface Settings {
  task: TaskName;
  layer: LayerName;
  "d-model": number;
  layers: number;
  /** null where the layer's own default counts. */
  "state-size": number | null;
  /** What blocks are made of beside the layer; null where the model is a language model, whose blocks are its own. */
  norm: NormKind | null;
  activation: Activation | null;
  dropout: number | null;
  batch: number;
  epochs: number;
  lr: number;
  /** A multiplier of it for the systems' parameters. */
  "system-rate": number;
  "weight-decay": number;
  warmup: number;
  clip: number;
  /** Epochs; null is for ever. */
  patience: number | null;
  seed: number;
  /** Steps of an example; null for images. */
  length: number | null;
  /** Tokens that are to be copied; null of other tasks. */
  tokens: number | null;
  /** A file; null where the task has none. */
  text: string | null;
  /** Examples of an epoch, and of the validation and the test; null where the task says. */
  examples: number | null;
  held: number | null;
  /** What a language model's matrices are saved as; null of other models. */
  weights: WeightFormat | null;
}

export type TaskName = "smnist" | "pmnist" | "text" | "selective-copying" | "induction-heads";

/** Where Debian's package jargon-text has the Jargon File, which is in the public domain. */
export const jargon = "/usr/share/doc/jargon-text/jargon.txt.gz";

const common = {
  "system-rate": 0.25,
  "weight-decay": 0.05,
  warmup: 1,
  clip: 1,
  patience: null,
  seed: 0,
  text: null,
  tokens: null,
  examples: null,
  held: null,
  weights: null,
} as const satisfies Partial<Settings>;

// The reference's S5 on sMNIST has 4 layers of 96 features and 128 states, and 150 epochs.
const pixels = {
  ...common,
  ...({ layer: "S5Ssm", "d-model": 64, layers: 3, "state-size": 64, norm: "layer", activation: "half_glu1", dropout: 0.1 } as const),
  ...{ batch: 50, epochs: 20, lr: 0.004, length: null },
};

const tokens = {
  ...common,
  ...({ layer: "MinGru", "d-model": 64, layers: 2, "state-size": null, norm: "rms", activation: "half_glu1", dropout: 0 } as const),
  ...{ batch: 32, epochs: 50, lr: 0.003, length: 256 },
};

const copied = {
  ...tokens,
  ...({ layer: "Mamba", "state-size": 16, activation: "none" } as const),
  ...{ batch: 64, epochs: 50, lr: 0.002, "system-rate": 1, "weight-decay": 0.01 },
};

/** Of each task. */
export const defaults: Readonly<Record<TaskName, Omit<Settings, "task">>> = {
  smnist: pixels,
  pmnist: pixels,
  text: { ...tokens, layer: "Mamba", "d-model": 160, layers: 4, batch: 16, epochs: 10, text: jargon },
  "selective-copying": { ...copied, length: 64, tokens: 8 },
  "induction-heads": { ...copied, length: 64 },
};

/** Whether the model of a text's bytes is a language model: embeddings, blocks of this layer, a head. */
export const isLanguage = ({ task, layer }: Pick<Settings, "task" | "layer">): boolean => task === "text" && (layer === "Mamba" || layer === "Mamba2");

const language = { norm: null, activation: null, dropout: null, weights: "float32" } as const satisfies Partial<Settings>;

/** Options that only some tasks have. */
const only: Partial<Record<keyof Settings, readonly TaskName[]>> = {
  length: ["text", "selective-copying", "induction-heads"],
  tokens: ["selective-copying"],
  text: ["text"],
  weights: ["text"],
};

/** What is given, and the task's defaults for the rest; of a training that has begun, what it began with. */
export function settingsOf({ task, ...given }: Partial<Settings>, begun: Settings | undefined): Settings {
  if (begun === undefined) {
    if (task === undefined) throw new UsageError(`train needs --task NAME: ${Object.keys(defaults).join(", ")}`);
    const odd = (Object.keys(given) as (keyof Settings)[]).find((name) => only[name]?.includes(task) === false);
    if (odd !== undefined) throw new UsageError(`the task ${task} has no option --${odd}`);
    const own = defaults[task];
    const layer = given.layer ?? own.layer;
    const isOwn = isLanguage({ task, layer });
    const stray = (isOwn ? (["norm", "activation", "dropout"] as const) : (["weights"] as const)).find((name) => given[name] !== undefined);
    if (stray !== undefined) throw new UsageError(`--${stray} is not for ${isOwn ? "" : "other models than "}language models, which the task text makes of Mamba and Mamba2`);
    return { task, ...own, ...(layer !== own.layer && { "state-size": null }), ...(isOwn && language), ...given };
  }
  for (const [name, value] of Object.entries({ ...(task !== undefined && { task }), ...given })) {
    const own = begun[name as keyof Settings];
    if (own !== value) throw new UsageError(`--${name} ${value} is not what the training began with, ${own ?? "none"}; leave it out to go on, or take another --out`);
  }
  return begun;
}
