// Gates on the package as npm would publish it.
import { readFileSync } from "node:fs";
import { attempt } from "../programs.mjs";
import { at } from "../root.mjs";
import { MODULES, wasmSizes } from "../setup/wasm.mjs";
import { program } from "./gate.mjs";

const MAX_WASM_GZIPPED = 730_000;
const MAX_TARBALL = 3_700_000;

const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall", "prepare"];

export const packaging = () => [
  program("publint", at("node_modules/.bin/publint"), ["--strict"]),
  // The modules are files to fetch: they have no types of their own.
  program("are the types wrong", at("node_modules/.bin/attw"), [
    ...["--pack", ".", "--profile", "esm-only", "--exclude-entrypoints", "wasm", "wasm-relaxed"],
  ]),
  { name: "manifest", check: manifest },
  { name: "sizes of the wasm modules", check: moduleSizes },
  { name: "tarball", check: tarball },
];

function manifest() {
  const { dependencies = {}, scripts } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  const needed = Object.keys(dependencies);
  if (needed.length > 0) return `it depends on ${needed.join(", ")}, and should on nothing`;
  const installing = INSTALL_SCRIPTS.filter((name) => name in scripts);
  return installing.length > 0 ? `it runs ${installing.join(", ")} when it is installed` : undefined;
}

function moduleSizes() {
  const sizes = wasmSizes();
  for (const { file, bytes, gzipped } of sizes) console.log(`${file}: ${bytes} bytes, ${gzipped} gzipped`);
  const large = sizes.filter(({ gzipped }) => gzipped > MAX_WASM_GZIPPED).map(({ file }) => file);
  return large.length > 0 ? `${large.join(", ")}: more than ${MAX_WASM_GZIPPED} gzipped` : undefined;
}

async function tarball() {
  const pack = await attempt("npm", ["pack", "--dry-run", "--json"], { quiet: true });
  if (pack.code !== 0) return "npm pack failed";
  const [{ size, files }] = JSON.parse(pack.output);
  const paths = files.map(({ path }) => path);
  console.log(`${files.length} files, ${size} bytes`);
  const missing = ["dist/index.js", ...MODULES, "dist/native/index.cjs"].filter((path) => !paths.includes(path));
  if (missing.length > 0) return `${missing.join(", ")} left out`;
  const stray = paths.filter((path) => /\.(node|tsbuildinfo)$/.test(path));
  if (stray.length > 0) return `${stray.join(", ")} should not be in it`;
  return size > MAX_TARBALL ? `more than ${MAX_TARBALL} bytes` : undefined;
}
