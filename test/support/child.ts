// Runs a module's text in a Node process of its own.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

export interface Place {
  /** The folder whose packages the module sees. */
  cwd?: string;
  env?: Record<string, string>;
}

/** Where a module's text runs. */
export interface Process extends Place {
  /** Node's own. */
  flags?: readonly string[];
}

/** Runs a program to its end. */
export function execute(program: string, args: readonly string[], { cwd = root, env = {} }: Place = {}): Promise<Ended> {
  const inherited = { ...process.env };
  delete inherited["SSM_SCAN_BACKEND"];
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env: { ...inherited, ...env } }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

/** What the module prints as JSON; `report` is what it prints with, of errors too. */
export async function inChild(code: string, { flags = [], ...place }: Process = {}): Promise<unknown> {
  const wrapped = `
    const report = (value) => console.log(JSON.stringify(value));
    try {
      ${code}
    } catch (error) {
      report({ name: error.name, code: error.code, message: error.message });
    }`;
  const { status, stdout, stderr } = await execute(process.execPath, [...flags, "--input-type=module", "-e", wrapped], place);
  if (status !== 0) throw new Error(`the process ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout);
}
