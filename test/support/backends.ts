// The backends that the platform has. One that cannot be loaded is a failure, never a skip.
import type { BackendName } from "ssm-scan";

const inBrowser = "document" in globalThis;

export const backends: readonly BackendName[] = inBrowser ? ["wasm"] : ["native", "wasm"];
