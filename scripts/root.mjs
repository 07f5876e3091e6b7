// The folder of the project, which every other path starts from.
import { resolve } from "node:path";

export const root = resolve(import.meta.dirname, "..");

/** The path of a file of the project. */
export const at = (...parts) => resolve(root, ...parts);
