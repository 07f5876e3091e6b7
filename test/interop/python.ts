// The venv that `npm run interop` makes, and the programs that run in it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTensors, type Tensor } from "ssm-scan";
import { afterAll, expect } from "vitest";
import { execute, root } from "../support/child.js";

const here = join(root, "test/interop");
const python = join(here, process.platform === "win32" ? ".venv/Scripts/python.exe" : ".venv/bin/python");

/** Whether a package is not there to compare with. */
export function isMissing(name: string): boolean {
  const find = `import importlib.util, sys; sys.exit(importlib.util.find_spec("${name}") is None)`;
  return !existsSync(python) || spawnSync(python, ["-c", find]).status !== 0;
}

/** A folder that is there until the tests of the file are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "ssm-scan-interop-"));
  afterAll(() => { rmSync(folder, { recursive: true }); });
  return folder;
}

/** Runs a program of this folder on a folder of its own. */
export async function runPython(program: string, folder: string): Promise<void> {
  const { status, stderr } = await execute(python, [join(here, program), folder]);
  expect(status, stderr).toBe(0);
}

/** The tensors of a file. */
export const tensorsOf = (...path: string[]): Record<string, Tensor> => loadTensors(readFileSync(join(...path))).tensors;
