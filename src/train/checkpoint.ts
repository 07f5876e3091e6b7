// A training as a file, and back: all it goes on from.
import { ScanError } from "../error.js";
import { loadTensors, saveTensors } from "../io/tensors.js";
import type { Named } from "./groups.js";
import type { LogEntry, Progress } from "./progress.js";
import type { Trainable } from "./trainable.js";
import type { TrainingConfig } from "./training-options.js";
import type { Training } from "./training.js";

/** What files of trainings say they are. */
const FORMAT = "ssm-scan training";

/**
 * The bytes of a safetensors file: parameters behind `model.`, those at the best validation behind `best.`, the
 * optimiser's state behind `optimiser.`; in the metadata what was trained how, where it is, and its log.
 */
export function checkpointBytes(training: Training): Uint8Array {
  const { model, task, options, optimiser, best = {}, log, progress } = training;
  const tensors = { ...behind("model.", model.parameters()), ...behind("best.", best), ...behind("optimiser.", optimiser.state()) };
  const texts = { model: model.description, task: task.name, options, progress, random: training.random.state(), log };
  return saveTensors(tensors, { format: FORMAT, ...Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, JSON.stringify(value, toText)])) });
}

/** What the file of a training says of it. */
export interface CheckpointDescription {
  /** The model's class and its options. */
  model: Trainable["description"];
  task: string;
  options: TrainingConfig;
  progress: Progress;
  random: number[];
  log: LogEntry[];
}

/** Reads what the file of a training says of it. Throws a ScanError of code "file" where it is none. */
export function describeCheckpoint(bytes: Uint8Array): CheckpointDescription {
  return described(loadTensors(bytes).metadata);
}

/** Goes on from a file that {@link checkpointBytes} made of a training of the same model, task and options; others are refused. */
export function restore(training: Training, bytes: Uint8Array): void {
  const { tensors, metadata } = loadTensors(bytes);
  const found = described(metadata);
  const { model, task, options } = training;
  const same = (what: string, own: unknown, other: unknown): void => {
    const [mine, theirs] = [JSON.stringify(own, toText), JSON.stringify(other, toText)];
    if (mine !== theirs) throw new ScanError("file", `restore: the checkpoint has ${what} ${theirs}, this training ${mine}`);
  };
  same("`task`", task.name, found.task);
  same("`model`", model.description, found.model);
  for (const [name, value] of Object.entries(options)) same(`\`${name}\``, value, found.options[name as keyof TrainingConfig]);
  model.loadParameters(within("model.", tensors));
  training.optimiser.load(within("optimiser.", tensors));
  const best = within("best.", tensors);
  training.best = found.progress.best === null ? undefined : best;
  training.random.load(found.random);
  training.progress = found.progress;
  training.log = found.log;
}

function described({ format, ...texts }: Readonly<Record<string, string>>): CheckpointDescription {
  if (format !== FORMAT) throw new ScanError("file", `restore: \`metadata.format\` must be "${FORMAT}", got ${JSON.stringify(format) ?? "none"}`);
  try {
    return Object.fromEntries(["model", "task", "options", "progress", "random", "log"].map((key) => [key, JSON.parse(texts[key]!, fromText)])) as CheckpointDescription;
  } catch (cause) {
    throw new ScanError("file", `restore: the metadata are damaged: ${(cause as Error).message}`, { cause });
  }
}

function behind(prefix: string, named: Readonly<Named>): Named {
  return Object.fromEntries(Object.entries(named).map(([name, tensor]) => [prefix + name, tensor]));
}

/** Copies, which do not keep the whole file in memory. */
function within(prefix: string, named: Readonly<Named>): Named {
  const own = Object.entries(named).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, { dims, data }]) => [name.slice(prefix.length), { dims, data: data.slice() }]));
}

/** JSON has no infinity. */
const toText = (_: string, value: unknown): unknown => (value === Infinity ? "Infinity" : value);
const fromText = (_: string, value: unknown): unknown => (value === "Infinity" ? Infinity : value);
