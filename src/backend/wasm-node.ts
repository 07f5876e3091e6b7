// The WebAssembly module in Node, where files are read and nothing need be awaited.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Engine, InitOptions } from "./backend.js";
import { knowsRelaxedSimd } from "./relaxed.js";
import { isLoaded, wasmEngine, type WasmGlue } from "./wasm.js";

const file = new URL("../wasm/index_bg.wasm", import.meta.url);
const relaxedFile = new URL("../wasm/relaxed_bg.wasm", import.meta.url);

/** Loads the module at once. */
export function loadWasmSync(options: InitOptions): Engine {
  const glue = createRequire(import.meta.url)("../wasm/index.js") as WasmGlue;
  if (isLoaded(options)) return wasmEngine(glue, options);
  return wasmEngine(glue, options, instantiate(glue, options.wasm));
}

/** Loads the module; one from the network is fetched first. */
export async function loadWasm(options: InitOptions): Promise<Engine> {
  const { wasm } = options;
  const isRemote = (typeof wasm === "string" || wasm instanceof URL) && /^https?:/.test(String(wasm));
  if (!isRemote || isLoaded(options)) return loadWasmSync(options);
  const response = await fetch(wasm);
  if (!response.ok) throw new Error(`${String(wasm)}: ${response.status} ${response.statusText}`);
  return loadWasmSync({ ...options, wasm: await response.arrayBuffer() });
}

function instantiate(glue: WasmGlue, wasm: InitOptions["wasm"]): { memory: WebAssembly.Memory } {
  if (wasm === undefined && knowsRelaxedSimd()) {
    try {
      return glue.initSync({ module: readFileSync(relaxedFile) });
    } catch {
      // The other module serves as well, and its `features` say which one it is.
    }
  }
  return glue.initSync({ module: source(wasm) });
}

function source(wasm: InitOptions["wasm"]): BufferSource | WebAssembly.Module {
  if (wasm === undefined) return readFileSync(file);
  if (typeof wasm !== "string" && !(wasm instanceof URL)) return wasm;
  return readFileSync(String(wasm).startsWith("file:") ? fileURLToPath(wasm) : String(wasm));
}
