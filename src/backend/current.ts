// The backend in use.
import { ScanError } from "../error.js";
import type { Backend, BackendName, Engine, InitOptions } from "./backend.js";
import { select, selectNow } from "./select.js";

let current: Engine | undefined;

/**
 * Loads a backend and makes it the current one; a later call replaces it. Browsers need it before the first
 * operator; Node loads `auto` by itself. Throws a ScanError with code "backend" that lists every attempt.
 */
export async function init(options?: InitOptions): Promise<Backend> {
  return (current = await select("init", options));
}

/** Loads exactly the backend named, without making it current; throws a ScanError where it cannot. */
export async function loadBackend(name: BackendName, options?: Omit<InitOptions, "backend">): Promise<Backend> {
  if (name !== "native" && name !== "wasm") {
    throw new ScanError("option", `loadBackend: \`name\` must be "native" or "wasm", got "${String(name)}"`);
  }
  return select("loadBackend", { ...options, backend: name });
}

/** Makes `backend`, which came from `init` or `loadBackend`, the current one. */
export function useBackend(backend: Backend): void {
  if (typeof (backend as Partial<Engine> | undefined)?.call !== "function") {
    throw new ScanError("backend", "useBackend: `backend` must come from init or loadBackend");
  }
  current = backend as Engine;
}

/** The backend in use; in Node the first call loads `auto`. */
export function currentBackend(): Backend {
  return engine();
}

/** {@link currentBackend}, as operators see it. */
export function engine(): Engine {
  return (current ??= selectNow());
}
