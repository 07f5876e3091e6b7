// The tasks of the command, from their settings.
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { ScanError, train } from "../../index.js";
import { about } from "../disk-files.js";
import { mnist } from "./mnist-files.js";
import { jargon, type Settings, type TaskName } from "./settings.js";

/** The seed of the one order of pixels that permuted MNIST has, in every training. */
const ORDER = 92916;

const makers: Readonly<Record<TaskName, (settings: Settings) => train.Task>> = {
  smnist: (settings) => images(settings),
  pmnist: (settings) => images(settings, ORDER),
  text: (settings) => train.text(textOf(settings), { length: settings.length!, seed: settings.seed }),
  "selective-copying": (settings) => train.selectiveCopying({ ...generatedBy(settings), tokens: settings.tokens ?? 16 }),
  "induction-heads": (settings) => train.inductionHeads(generatedBy(settings)),
};

/** Reads or makes what a training learns. */
export const taskOf = (settings: Settings): train.Task => shortened(makers[settings.task](settings), settings);

function images({ held }: Settings, permuted?: number): train.Task {
  return train.digits({ ...mnist(), ...(permuted !== undefined && { permuted }), ...(held !== null && { validation: held }) });
}

function generatedBy({ length, seed, examples, held }: Settings): train.GeneratedOptions & { length: number } {
  return { length: length!, seed, ...(examples !== null && { epoch: examples }), ...(held !== null && { held }) };
}

/** With at most so many examples as the settings say. */
function shortened(task: train.Task, { examples, held }: Settings): train.Task {
  const cut = (set: train.DataSet, most: number | null): train.DataSet => ({ ...set, count: Math.min(set.count, most ?? Infinity) });
  return { ...task, training: cut(task.training, examples), validation: cut(task.validation, held), test: cut(task.test, held) };
}

/** All bytes that a model of text learns, and is judged by. */
export const textOf = ({ text }: Settings): Uint8Array => textIn(text ?? jargon);

/** A file's bytes, unpacked where they are packed by gzip. */
function textIn(path: string): Uint8Array {
  if (path === jargon && !existsSync(path)) {
    throw new ScanError("file", `there is no ${jargon}, which Debian's package jargon-text has (the Jargon File, in the public domain): apt-get install jargon-text; or give a file by --text FILE`);
  }
  return about(path, () => {
    const bytes = readFileSync(path);
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  });
}
