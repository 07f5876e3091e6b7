// Loads backends and remembers why one could not be.
import { type Backend, type BackendName, type InitOptions, loadBackend, ScanError } from "../index.js";

/** A backend that was asked for: it, or why it is not there, and what to do. */
export type Attempt = { name: BackendName; backend: Backend } | { name: BackendName; absent: readonly string[] };

const names: readonly BackendName[] = ["native", "wasm"];

/** Tries every backend. */
export async function tryBackends(options: Pick<InitOptions, "threads">): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (const name of names) {
    try {
      attempts.push({ name, backend: await loadBackend(name, options) });
    } catch (error) {
      if (!(error instanceof ScanError)) throw error;
      attempts.push({ name, absent: reasonOf(error).map((line) => line.replace(`${name}: `, "")) });
    }
  }
  return attempts;
}

/** Why nothing could be loaded, without the line that says so. */
export function reasonOf({ message }: ScanError): readonly string[] {
  const [first, ...attempts] = message.split("\n").map((line) => line.trim());
  return attempts.length === 0 ? [first!] : attempts;
}
