// A step of the set-up, skipped while what it is made from and what it made are as it left them.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Failure } from "../failure.mjs";
import { at, root } from "../root.mjs";

const STAMPS = at("node_modules/.cache/ssm-scan");

/**
 * Does `work` unless nothing changed since it was last done.
 *
 * - `takes` says how long a first run may take.
 * - `files` are the files and folders it is made from, `facts` tells everything else it depends on
 *   (versions, flags): asked again afterwards, because the work may install what it needs.
 * - `makes` are files that exist once it is done.
 */
export async function step({ name, takes, files, facts = () => [], makes }, work) {
  const content = hashOf(files);
  const key = () => `${content} ${JSON.stringify(facts())}`;
  const stamp = join(STAMPS, name.replaceAll(" ", "-"));
  const made = () => makes.every((path) => existsSync(at(path)));
  if (made() && existsSync(stamp) && readFileSync(stamp, "utf8") === key()) {
    console.log(`[set-up] ${name}: up to date`);
    return;
  }
  console.log(`[set-up] ${name}: ${takes} the first time`);
  const began = Date.now();
  await work();
  if (!made()) throw new Failure(`${name}: done, but ${makes.join(" or ")} is missing`);
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(stamp, key());
  console.log(`[set-up] ${name}: done in ${Math.round((Date.now() - began) / 1000)} s`);
}

function hashOf(paths) {
  const hash = createHash("sha256");
  for (const file of paths.flatMap((path) => filesOf(at(path)))) {
    hash.update(`${relative(root, file)}\0`).update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

function filesOf(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
