// The WebAssembly module in browsers, where it has to be awaited.
import type { Engine, InitOptions } from "./backend.js";
import { isLoaded, wasmEngine } from "./wasm.js";

/** Loads the module. */
export async function loadWasm(options: InitOptions): Promise<Engine> {
  const glue = await import("../wasm/index.js");
  if (isLoaded(options)) return wasmEngine(glue, options);
  const module_or_path = options.wasm ?? new URL("../wasm/index_bg.wasm", import.meta.url);
  return wasmEngine(glue, options, await glue.default({ module_or_path }));
}

/** Nothing can be loaded at once here. */
export function loadWasmSync(): Engine {
  throw new Error("a browser loads it asynchronously: call `await init()` first");
}
