// A problem's inputs and truth, in memory and as files that other processes read.
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inputsOf, type Planes, type Real } from "./inputs.js";
import type { Problem } from "./problem.js";
import { truthOf } from "./truth.js";

/** What a contestant prepares. */
export interface Data {
  inputs: Planes;
  truth: Planes<Float64Array>;
  /** Where the same stands as files. */
  directory: string;
}

/** One write takes no more than 2 GiB. */
const PIECE = 2 ** 30;

/** A temporary folder for files of a case at a time; gone once the process is, however it ends in order. */
export class Folder {
  readonly #path: string = mkdtempSync(join(tmpdir(), "ssm-scan-bench-"));
  readonly #remove = (): void => rmSync(this.#path, { recursive: true, force: true });
  #count = 0;

  constructor() {
    process.once("exit", this.#remove);
  }

  /** Makes a problem's arrays and files; those of the problem before are gone. */
  data(problem: Problem): Data {
    this.#remove();
    const directory = join(this.#path, String(this.#count++));
    mkdirSync(directory, { recursive: true });
    const inputs = inputsOf(problem);
    const truth = truthOf(problem, inputs);
    const end = problem.dtype === "float32" ? "f32" : "f64";
    for (const [name, plane] of Object.entries(inputs)) write(join(directory, `${name}.${end}`), plane);
    for (const [name, plane] of Object.entries(truth)) write(join(directory, `truth.${name}.f64`), plane);
    return { inputs, truth, directory };
  }

  remove(): void {
    this.#remove();
    process.off("exit", this.#remove);
  }
}

function write(path: string, plane: Real): void {
  const bytes = new Uint8Array(plane.buffer, plane.byteOffset, plane.byteLength);
  const file = openSync(path, "w");
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, Math.min(PIECE, bytes.length - at));
  } finally {
    closeSync(file);
  }
}
