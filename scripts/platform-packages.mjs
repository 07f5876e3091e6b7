// npm run platform-packages: in npm/, a package for each addon in dist/native, to be published before the main one.
import { copyFileSync, existsSync, readdirSync, rmSync } from "node:fs";
import { command } from "./failure.mjs";
import { run } from "./programs.mjs";
import { at } from "./root.mjs";
import { setUp } from "./setup/index.mjs";

await command(async () => {
  await setUp();
  rmSync(at("npm"), { recursive: true, force: true });
  await run(at("node_modules/.bin/napi"), ["create-npm-dirs", "--npm-dir", "npm"]);
  for (const platform of readdirSync(at("npm"))) {
    const addon = `ssm-scan.${platform}.node`;
    if (existsSync(at("dist/native", addon))) {
      copyFileSync(at("dist/native", addon), at("npm", platform, addon));
      console.log(`ssm-scan-${platform}: npm/${platform}`);
    } else {
      rmSync(at("npm", platform), { recursive: true });
    }
  }
});
