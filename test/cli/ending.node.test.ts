// A program that nobody listens to any more, or that is interrupted, ends without a word.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { root } from "../support/child.js";

/** Starts the program, with what it says on stderr so far. */
function start(...words: string[]) {
  const child = spawn(process.execPath, ["dist/cli/main.js", ...words], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stderr: "" };
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said.stderr += text));
  return { child, said };
}

test.each([[["info"]], [["--help"]]])("%j, stdout closed", async (words) => {
  const { child, said } = start(...words);
  child.stdout.destroy();
  const [status] = (await once(child, "close")) as [number | null];
  expect({ status, ...said }).toEqual({ status: 0, stderr: "" });
});

test("bench, stderr closed: the table is printed all the same", async () => {
  const { child } = start("bench", "--filter", "matrix", "--backend", "native");
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.destroy();
  const [status] = (await once(child, "close")) as [number | null];
  expect(status).toBe(0);
  expect(stdout).toMatch(/^matrixScan/m);
});

test("bench, interrupted", async () => {
  const { child, said } = start("bench", "--backend", "wasm");
  await once(child.stderr, "data");
  child.kill("SIGINT");
  const [status, signal] = (await once(child, "close")) as [number | null, string | null];
  expect({ status, signal }).toEqual({ status: null, signal: "SIGINT" });
  expect(said.stderr).toMatch(/^\[1\/5\] linearScan .+\n$/);
});
