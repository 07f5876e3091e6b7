// Which backend is loaded, and what is said when none is.
import { loadNative } from "#native";
import { loadWasm, loadWasmSync } from "#wasm";
import { ScanError } from "../error.js";
import { aBoolean, aCount, anything, type Check, checkOptions, oneOf } from "../options.js";
import type { BackendName, Engine, InitOptions } from "./backend.js";

interface Loader {
  now: (options: InitOptions) => Engine;
  later: (options: InitOptions) => Promise<Engine>;
  remedy: string;
}

const loaders = {
  native: {
    now: loadNative,
    later: async (options) => loadNative(options),
    remedy: "in Node install the package of this platform (ssm-scan-<platform>), or build it with `npm run build`",
  },
  wasm: {
    now: loadWasmSync,
    later: loadWasm,
    remedy: "the file dist/wasm/index_bg.wasm comes with the package; a page may say where it is: init({ wasm: url })",
  },
} satisfies Record<BackendName, Loader>;

/** The order in which `auto` tries them. */
const order: readonly BackendName[] = ["native", "wasm"];

/** More threads than any machine has cores only cost. */
const mostThreads = 1024;

const aThreadCount: Check = (value, name) => (aCount(value, name) !== undefined || Number(value) > mostThreads ? `a whole number from 1 to ${mostThreads}` : undefined);

const checks = { backend: oneOf({ ...loaders, auto: true }), threads: aThreadCount, deterministic: aBoolean, wasm: anything };

/** Loads the backend asked for, or the first that loads. */
export async function select(call: string, options: InitOptions | undefined): Promise<Engine> {
  const checked: InitOptions = checkOptions(call, options, checks);
  const attempts = new Attempts();
  for (const name of namesFor(checked.backend)) {
    try {
      return await loaders[name].later(checked);
    } catch (cause) {
      attempts.add(name, cause);
    }
  }
  throw attempts.error();
}

/** The same without waiting, where that can be done. */
export function selectNow(): Engine {
  const attempts = new Attempts();
  for (const name of namesFor("auto")) {
    try {
      return loaders[name].now({});
    } catch (cause) {
      attempts.add(name, cause);
    }
  }
  throw attempts.error();
}

function namesFor(backend: InitOptions["backend"] = "auto"): readonly BackendName[] {
  if (backend !== "auto") return [backend];
  const forced = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.["SSM_SCAN_BACKEND"];
  if (forced === undefined || forced === "" || forced === "auto") return order;
  if (Object.hasOwn(loaders, forced)) return [forced as BackendName];
  throw new ScanError("backend", `SSM_SCAN_BACKEND must be one of ${order.join(", ")} or auto, got "${forced}"`);
}

/** What was tried, and why it failed. */
class Attempts {
  readonly #failures: { name: BackendName; cause: unknown }[] = [];

  add(name: BackendName, cause: unknown): void {
    this.#failures.push({ name, cause });
  }

  error(): ScanError {
    const lines = this.#failures.map(({ name, cause }) => `  ${name}: ${reason(cause)}\n    remedy: ${loaders[name].remedy}`);
    const causes = this.#failures.map(({ cause }) => cause);
    return new ScanError("backend", `no backend could be loaded\n${lines.join("\n")}`, { cause: causes.length === 1 ? causes[0] : new AggregateError(causes) });
  }
}

/** An error's message with those of its causes, a line each. */
function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const first = cause.message.split("\n")[0]!;
  return cause.cause instanceof Error ? `${first} (${reason(cause.cause)})` : first;
}
