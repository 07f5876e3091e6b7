// The folder of the project, wherever this file was compiled to.
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";

export const root: string = dirname(createRequire(import.meta.url).resolve("ssm-scan/package.json"));

/** The path of a file of the project. */
export const at = (...parts: string[]): string => resolve(root, ...parts);
