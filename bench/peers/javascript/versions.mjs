// The versions of what is timed here.
import { readFileSync } from "node:fs";
import { URL } from "node:url";

const PACKAGES = ["onnxruntime-node", "@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-wasm", "@jax-js/jax"];

/** By name; without what is not installed. */
export function versions() {
  const found = { node: process.versions.node, v8: process.versions.v8 };
  for (const name of PACKAGES) {
    try {
      const manifest = new URL(`./node_modules/${name}/package.json`, import.meta.url);
      found[name] = JSON.parse(readFileSync(manifest, "utf8")).version;
    } catch {
      // Absent, which is said elsewhere.
    }
  }
  return found;
}
