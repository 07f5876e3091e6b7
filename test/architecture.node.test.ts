// Who imports whom: data flows one way. And every file fits two screens.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { root } from "./support/child.js";

const src = join(root, "src");

/** What each folder may import, besides itself and the files beside `index.ts`; a new folder has to say. */
const allowed: Record<string, string[]> = {
  index: ["cli", "train", "models", "layers", "grad", "ops", "init", "discretize", "io", "backend"],
  cli: ["index", "train", "grad", "models", "layers", "ops", "io", "backend"],
  models: ["layers", "ops", "init", "io", "backend"],
  layers: ["ops", "init", "discretize", "backend"],
  train: ["grad", "models", "layers", "io"],
  grad: ["models", "layers", "ops", "init", "backend"],
  ops: ["backend"],
  init: ["backend"],
  discretize: [],
  io: ["backend"],
  backend: [],
  root: [],
};

/** Packages that a user may install, and the one file that loads each, where it is needed. */
const optional: Record<string, string> = { "@huggingface/tokenizers": "models/tokenizer.ts" };

/** What is built beside the compiled sources; only backends know of it. */
const built = ["native", "wasm"];

function list(folder: string, extensions: RegExp): string[] {
  if (!existsSync(join(root, folder))) return [];
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return files.filter((file) => extensions.test(file)).map((file) => join(folder, file));
}

/** The folder of a source file; files beside `index.ts` are the root's. */
function layerOf(file: string): string {
  const [folder, ...rest] = file.split("/");
  if (rest.length > 0) return folder!;
  return file.startsWith("index.") ? "index" : "root";
}

const importPattern = /(?:^import\b[^"';]*|^export\s+(?:type\s+)?[{*][^"';]*\bfrom\s*|\bimport\(\s*)"([^"]+)"/gm;

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), "utf8");
  return [...text.matchAll(importPattern)].map((match) => match[1]!);
}

const sources = list("src", /\.ts$/).map((file) => relative("src", file));

test("there are sources to judge", () => {
  expect(sources).toContain("index.ts");
});

test.each(sources)("src/%s imports only what lies below it", (file) => {
  const layer = layerOf(file);
  expect(Object.keys(allowed), `${layer} has no place among the layers`).toContain(layer);
  for (const path of importsOf(file)) {
    if (path.startsWith("node:")) continue;
    if (path === "#native" || path === "#wasm") {
      expect(layer, `${file} → ${path}`).toBe("backend");
      continue;
    }
    if (optional[path] === file) continue;
    expect(path, `${file} imports a package`).toMatch(/^\.\.?\//);
    const target = layerOf(relative(src, resolve(src, dirname(file), path)));
    if (layer === "backend" && built.includes(target)) continue;
    expect([layer, "root", ...allowed[layer]!], `${file} → ${path}`).toContain(target);
  }
});

const short = [
  ...list("src", /\.ts$/),
  ...list("crates", /\.rs$/),
  ...list("test", /\.(ts|mjs)$/),
  ...list("scripts", /\.(m?js|ts)$/),
  ...list("bench", /\.(m?js|ts)$/),
].filter((file) => !/(^|\/)(target|node_modules|pkg|dist|\.venv)\//.test(file));

test.each(short)("%s is no longer than 200 lines", (file) => {
  const lines = readFileSync(join(root, file), "utf8").trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(200);
});
