/// <reference types="vite/client" />
// Golden files, by the same way in Node and in a browser: Vite hands each over as a data URL.
import errors from "../fixtures/f32_reference_errors.json" with { type: "json" };
import { readSafetensors, type Saved } from "./safetensors.js";

const urls = import.meta.glob<string>("../fixtures/*.safetensors", { query: "?url&inline", import: "default" });

const nameOf = (path: string): string => path.replace(/^.*\/(.*)\.safetensors$/, "$1");

/** Names of all golden files. */
export const fixtureNames: string[] = Object.keys(urls).map(nameOf);

/** Reads a golden file. */
export async function fixture(name: string): Promise<Saved> {
  const path = Object.keys(urls).find((each) => nameOf(each) === name);
  if (path === undefined) throw new Error(`no fixture ${name}`);
  const response = await fetch(await urls[path]!());
  return readSafetensors(await response.arrayBuffer());
}

/** The error of the f32 reference itself: max |difference| / max |y|. */
export const referenceErrors: Record<string, number> = errors;
