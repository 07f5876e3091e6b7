// The folder of a training: what it began with, where it is, what it has told, the best model so far.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  readonly #lock: string;

  constructor(path: string) {
    this.#path = path;
    this.model = join(path, "model.safetensors");
    this.#settings = join(path, "settings.json");
    this.#checkpoint = join(path, "checkpoint.safetensors");
    this.#log = join(path, "log.jsonl");
    this.#lock = join(path, "running.pid");
  }

  /** Makes the folder where there is none, and keeps other processes out of it until the result is called. */
  enter(): () => void {
    about(this.#path, () => {
      mkdirSync(this.#path, { recursive: true });
      const other = existsSync(this.#lock) ? Number(readFileSync(this.#lock, "utf8")) : undefined;
      if (other !== undefined && isAlive(other)) throw new ScanError("file", `process ${other} is training here; wait for it, or take another --out`);
      // What killed processes have left.
      const stray = /^((model|checkpoint)\.safetensors|(settings|config)\.json)\.\d+\.part$|^running\.pid$/;
      for (const name of readdirSync(this.#path)) if (stray.test(name)) rmSync(join(this.#path, name));
      writeFileSync(this.#lock, String(process.pid), { flag: "wx" });
    });
    return () => { rmSync(this.#lock, { force: true }); };
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

  /** Goes on from the checkpoint that is here, if one is, and makes the log what it was then. */
  resume(training: train.Training): void {
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

function isAlive(id: number): boolean {
  try {
    return id > 0 && process.kill(id, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM";
  }
}
