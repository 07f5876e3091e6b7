// The WebAssembly module in browsers, where it has to be awaited.
import type { Engine, InitOptions } from "./backend.js";
import { knowsRelaxedSimd } from "./relaxed.js";
import { isLoaded, wasmEngine, type WasmGlue } from "./wasm.js";

/** Loads the module. */
export async function loadWasm(options: InitOptions): Promise<Engine> {
  const glue = await import("../wasm/index.js");
  if (isLoaded(options)) return wasmEngine(glue, options);
  return wasmEngine(glue, options, await instantiate(glue, options.wasm));
}

async function instantiate(glue: WasmGlue, wasm: InitOptions["wasm"]): Promise<{ memory: WebAssembly.Memory }> {
  // Bundlers find a file where its address is written out like this.
  if (wasm === undefined && knowsRelaxedSimd()) {
    try {
      return await glue.default({ module_or_path: new URL("../wasm/relaxed_bg.wasm", import.meta.url) });
    } catch {
      // The other module serves as well, and its `features` say which one it is.
    }
  }
  return glue.default({ module_or_path: wasm ?? new URL("../wasm/index_bg.wasm", import.meta.url) });
}

/** Nothing can be loaded at once here. */
export function loadWasmSync(): Engine {
  throw new Error("a browser loads it asynchronously: call `await init()` first");
}
