// Where the WASM module comes from may be said in many ways, each in a process of its own.
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inChild, root } from "../support/child.js";

const path = join(root, "dist/wasm/index_bg.wasm");
const url = JSON.stringify(pathToFileURL(path).href);
const prelude = `
  const { readFileSync } = await import("node:fs");
  const { init, linearScan } = await import("ssm-scan");
  const bytes = readFileSync(new URL(${url}));
  const ones = new Float32Array(3).fill(1);
  const sum = () => [...linearScan({ a: ones, b: ones }, { batch: 1, length: 3, channels: 1 }).h];
`;

test.each([
  ["a URL", `new URL(${url})`],
  ["a URL's text", url],
  ["bytes", "bytes"],
  ["a buffer", "Uint8Array.from(bytes).buffer"],
  ["a module", "new WebAssembly.Module(bytes)"],
])("it may be given as %s", async (_, wasm) => {
  const code = `${prelude} const { name } = await init({ backend: "wasm", wasm: ${wasm} }); report({ name, sum: sum() });`;
  expect(await inChild(code)).toEqual({ name: "wasm", sum: [1, 2, 3] });
});

test("the same one may be given again", async () => {
  const code = `${prelude}
    await init({ backend: "wasm", wasm: new URL(${url}) });
    await init({ backend: "wasm", wasm: new URL(${url}) });
    await init({ backend: "wasm" });
    report(sum());`;
  expect(await inChild(code)).toEqual([1, 2, 3]);
});

describe("what is no module is refused", () => {
  test.each([
    ["bytes of something else", "Uint8Array.of(1, 2, 3)", /wasm/i],
    ["a file that is not there", `new URL("nowhere.wasm", ${url})`, /nowhere\.wasm/],
    ["an object", "{}", /wasm/i],
  ])("%s", async (_, wasm, says) => {
    const error = await inChild(`${prelude} await init({ backend: "wasm", wasm: ${wasm} });`);
    expect(error).toMatchObject({ name: "ScanError", message: expect.stringMatching(says) as string });
    const code = `${prelude}
      await init({ backend: "wasm", wasm: ${wasm} }).catch(() => {});
      await init({ backend: "wasm" });
      report(sum());`;
    expect(await inChild(code)).toEqual([1, 2, 3]);
  });
});
