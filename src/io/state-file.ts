// States as safetensors files.
import type { Real } from "../arrays.js";
import { ScanError } from "../error.js";
import { loadTensors, saveTensors } from "./tensors.js";

/** What files of states say they are. */
const FORMAT = "ssm-scan state";

/** The bytes of a safetensors file of a layer's state, each of its arrays as a tensor of one axis. */
export function saveState(state: Readonly<Record<string, Real>>): Uint8Array {
  if (typeof state !== "object" || state === null) throw new ScanError("dtype", `saveState: \`state\` must be an object of arrays, got ${String(state)}`);
  const tensors = Object.entries(state).map(([name, data]) => [name, { dims: [data?.length], data }] as const);
  return saveTensors(Object.fromEntries(tensors), { format: FORMAT });
}

/** The state in a file that {@link saveState} made; its arrays are its own. Throws a ScanError of code "file" where there is none. */
export function loadState(bytes: Uint8Array | ArrayBuffer): Record<string, Real> {
  const { tensors, metadata } = loadTensors(bytes);
  const { format } = metadata;
  if (format !== FORMAT) throw new ScanError("file", `loadState: \`metadata.format\` must be "${FORMAT}", got ${JSON.stringify(format) ?? "none"}`);
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data.slice()]));
}
