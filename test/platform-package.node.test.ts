// The addon as users get it: the package of a platform beside the main one.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { execute, inChild, root } from "./support/child.js";

const folder = mkdtempSync(join(tmpdir(), "ssm-scan-platform-"));

async function succeed(program: string, args: readonly string[], cwd: string): Promise<string> {
  const ended = await execute(program, args, { cwd });
  expect(ended.status, ended.stderr + ended.stdout).toBe(0);
  return ended.stdout;
}

beforeAll(async () => {
  await succeed(process.execPath, ["scripts/platform-packages.mjs"], root);
  const [platform] = readdirSync(join(root, "npm"));
  const tarballs: string[] = [];
  for (const source of [root, join(root, "npm", platform!)]) {
    const packed = await succeed("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], source);
    tarballs.push(join(folder, (JSON.parse(packed) as [{ filename: string }])[0].filename));
  }
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
  await succeed("npm", ["install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", ...tarballs], folder);
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("the first scan loads the addon of the platform's package", async () => {
  const code = `
    const { currentBackend, linearScan } = await import("ssm-scan");
    const ones = new Float64Array(3).fill(1);
    const { h } = linearScan({ a: ones, b: ones }, { batch: 1, length: 3, channels: 1 });
    report({ name: currentBackend().name, h: [...h] });`;
  expect(await inChild(code, { cwd: folder })).toEqual({ name: "native", h: [1, 2, 3] });
});
