// Every example of the README runs.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { init } from "ssm-scan";
import ts from "typescript";
import { expect, test } from "vitest";
import { execute, root } from "./support/child.js";

const examples = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!);

const imports = /^import \{(.*?)\} from "ssm-scan";$/gm;

test("the README's examples run, each with what the first has declared", async () => {
  expect(examples.length).toBeGreaterThan(5);
  const names = new Set(examples.flatMap((text) => [...text.matchAll(imports)].flatMap((match) => match[1]!.split(",").map((name) => name.trim()))));
  // Their parts are scopes, so that one may give another's names away again.
  const [first, ...others] = examples.map((text) => text.replaceAll(imports, ""));
  const text = `import { ${[...names].join(", ")} } from "ssm-scan";\n${first!}${others.map((own) => `{\n${own}}\nconsole.log("done");\n`).join("")}`;
  const folder = mkdtempSync(join(tmpdir(), "ssm-scan-readme-"));
  try {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules/ssm-scan"), "junction");
    await init();
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    writeFileSync(join(folder, "readme.mjs"), ts.transpileModule(text, { compilerOptions: options }).outputText);
    const { status, stdout, stderr } = await execute(process.execPath, ["readme.mjs"], { cwd: folder });
    expect(status, stderr).toBe(0);
    expect(stdout.match(/done\n/g)).toHaveLength(others.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
