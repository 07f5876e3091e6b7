// Everything between a fresh clone and a package that can be used; done again, only what changed.
import { buildNative } from "./native.mjs";
import { installPackages } from "./packages.mjs";
import { checkCompilers, checkNode } from "./prerequisites.mjs";
import { buildTypescript } from "./typescript.mjs";
import { buildWasm } from "./wasm.mjs";

export async function setUp() {
  checkNode();
  await checkCompilers();
  await installPackages();
  await buildNative();
  await buildWasm();
  await buildTypescript();
}
