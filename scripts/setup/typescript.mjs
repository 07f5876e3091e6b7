// The JavaScript of the package: src/ compiled into dist/, beside the addon and the module.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { run } from "../programs.mjs";
import { at } from "../root.mjs";
import { step } from "./step.mjs";

const BUILT_ELSEWHERE = ["native", "wasm"];

export const buildTypescript = () =>
  step(
    {
      name: "javascript",
      takes: "about 5 s",
      files: [
        ...["src", "tsconfig.json", "tsconfig.build.json", "package.json", "package-lock.json"],
        ...["dist/native/index.d.cts", "dist/wasm/index.d.ts"],
      ],
      makes: ["dist/index.js", "dist/index.d.ts"],
    },
    async () => {
      clear();
      await run(at("node_modules/.bin/tsc"), ["-p", "tsconfig.build.json"]);
    },
  );

/** A source that was deleted or renamed leaves nothing behind. */
function clear() {
  mkdirSync(at("dist"), { recursive: true });
  for (const name of readdirSync(at("dist"))) {
    if (!BUILT_ELSEWHERE.includes(name)) rmSync(at("dist", name), { recursive: true });
  }
}
