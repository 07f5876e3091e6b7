// The WebAssembly module as a backend.
import { isWide } from "../arrays.js";
import type * as Glue from "../wasm/index.js";
import { ScanError } from "../error.js";
import { version } from "../version.js";
import type { Conversions, Engine, InitOptions, KernelName, Outputs } from "./backend.js";
import { Heap } from "./heap.js";
import { scanError } from "./thrown.js";

export type WasmGlue = typeof Glue;

type Kernels = Record<KernelName, (wide: boolean, ...rest: unknown[]) => void> & Record<keyof Conversions, (...args: unknown[]) => unknown>;

let heap: Heap | undefined;
let loadedFrom: InitOptions["wasm"];

/** Whether the module is there already; asking for another one then is an error. */
export function isLoaded(options: InitOptions): boolean {
  if (heap !== undefined && options.wasm !== undefined && place(options.wasm) !== place(loadedFrom)) {
    throw new ScanError("backend", "the WASM module is loaded already: give `wasm` to the first init");
  }
  return heap !== undefined;
}

/** What tells one source from another: an address by its whole text, anything else by itself. */
function place(wasm: InitOptions["wasm"]): unknown {
  if (wasm instanceof URL) return wasm.href;
  const page = (globalThis as { location?: { href: string } }).location?.href;
  return typeof wasm === "string" && page !== undefined ? new URL(wasm, page).href : wasm;
}

/** An engine on the module, whose memory `instance` brings the first time. */
export function wasmEngine(glue: WasmGlue, options: InitOptions, instance?: { memory: WebAssembly.Memory }): Engine {
  if (instance !== undefined) {
    if (glue.version() !== version) {
      throw new ScanError("backend", `the WASM module is of version ${glue.version()}, the package of ${version}`);
    }
    heap = new Heap(() => new glue.Buffer(), instance.memory);
    loadedFrom = options.wasm;
  }
  const memory = heap!;
  // A module's namespace is slow to look things up in.
  const kernels = { ...glue } as unknown as Kernels;
  return {
    name: "wasm",
    features: glue.features(),
    threads: 1,
    deterministic: options.deterministic ?? false,
    resident: (dtype, length) => memory.resident(dtype, length),
    words: (words) => memory.wordsOf(words),
    call(kernel, numbers, inputs, outputs) {
      try {
        const args: unknown[] = [areWide(outputs)];
        for (const number of numbers) args.push(number);
        memory.run(inputs, outputs, args, kernels[kernel]);
      } catch (cause) {
        if (cause instanceof WebAssembly.RuntimeError) memory.recover();
        throw scanError(kernel, cause);
      }
    },
    convert(kernel, ...args) {
      try {
        return kernels[kernel](...args) as ReturnType<Conversions[typeof kernel]>;
      } catch (cause) {
        throw scanError(kernel, cause);
      }
    },
  };
}

/** Whether numbers are float64; the outputs of a kernel are alike. */
function areWide(outputs: Outputs): boolean {
  for (const name in outputs) return isWide(outputs[name]!);
  return false;
}
