// The folder of a training: what it began with, where it is, what it has told, the best model so far.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ScanError, train } from "../../index.js";
import { about, writeWhole } from "../disk-files.js";
import { defaults, type Settings } from "./settings.js";

/** Files in a folder, each whole at any moment; the log alone grows. */
export class TrainingFolder {
  readonly model: string;
  readonly #path: string;
  readonly #settings: string;
  readonly #checkpoint: string;
  readonly #log: string;

  constructor(path: string) {
    this.#path = path;
    this.model = join(path, "model.safetensors");
    this.#settings = join(path, "settings.json");
    this.#checkpoint = join(path, "checkpoint.safetensors");
    this.#log = join(path, "log.jsonl");
    if (!existsSync(path)) return;
    about(path, () => {
      // What a killed process had not finished.
      for (const name of readdirSync(path)) if (/^((model|checkpoint)\.safetensors|(settings|config)\.json)\.\d+\.part$/.test(name)) rmSync(join(path, name));
    });
  }

  /** Those of a training that has begun here. */
  begun(): Settings | undefined {
    if (!existsSync(this.#settings)) return undefined;
    return about(this.#settings, () => {
      try {
        const found = JSON.parse(readFileSync(this.#settings, "utf8")) as Settings;
        if (Object.hasOwn(defaults, found?.task)) return found;
      } catch {
        // Neither is it JSON.
      }
      throw new ScanError("file", "these are no settings of a training");
    });
  }

  begin(settings: Settings): void {
    writeWhole(this.#settings, new TextEncoder().encode(`${JSON.stringify(settings, null, 2)}\n`));
  }

  /** Goes on from the checkpoint that is here, if one is, and makes the log what it was then; makes the folder where there is none. */
  resume(training: train.Training): void {
    about(this.#path, () => { mkdirSync(this.#path, { recursive: true }); });
    if (existsSync(this.#checkpoint)) about(this.#checkpoint, () => { train.restore(training, readFileSync(this.#checkpoint)); });
    const lines = training.log.map((entry) => `${JSON.stringify(entry)}\n`);
    writeWhole(this.#log, new TextEncoder().encode(lines.join("")));
  }

  save(training: train.Training): void {
    writeWhole(this.#checkpoint, train.checkpointBytes(training));
  }

  /** Files of the model by their names. */
  saveModel(files: ReadonlyMap<string, Uint8Array>): void {
    for (const [name, bytes] of files) writeWhole(join(this.#path, name), bytes);
  }

  /** Adds to the log. */
  tell(entry: train.LogEntry): void {
    about(this.#log, () => { appendFileSync(this.#log, `${JSON.stringify(entry)}\n`); });
  }
}
