// What layers that are made of layers share: their states and what they cannot do.
import type { Real } from "../arrays.js";
import { ScanError } from "../error.js";
import type { Forward, Frame } from "./frame.js";
import type { Layer } from "./layer.js";

type State = Record<string, Real>;

/** The frame of what runs `layers`, whose states it has behind their prefixes; with `more` state of its own. */
export function frameAround(frame: Omit<Frame, "state" | "cannot">, layers: Readonly<Record<string, Layer>>, more: Readonly<Record<string, number>> = {}): Frame {
  const state: Record<string, number> = {};
  let cannot: Frame["cannot"] = {};
  for (const [prefix, layer] of Object.entries(layers)) {
    try {
      for (const [key, plane] of Object.entries(layer.initialState(1))) state[prefix + key] = plane.length;
    } catch (error) {
      if (!(error instanceof ScanError && error.code === "unsupported")) throw error;
      cannot = { state: error.message, step: error.message };
    }
  }
  return { ...frame, state: cannot.state === undefined ? { ...state, ...more } : {}, cannot };
}

/** What belongs to one of the layers, by its own names: the whole's values whose names begin with `prefix`. */
export function behind<T>(prefix: string, whole: Readonly<Record<string, T>>): Record<string, T> {
  const own: Record<string, T> = {};
  for (const key in whole) {
    if (key.startsWith(prefix)) own[key.slice(prefix.length)] = whole[key]!;
  }
  return own;
}

/** Puts the state of one of the layers into the whole's. */
export function putBehind(prefix: string, own: State, state: State): void {
  for (const key in own) state[prefix + key] = own[key]!;
}

/** Zeros in the rows of `width` that are no valid steps. */
export function clearPadding(y: Real, width: number, { length, lengths }: Pick<Forward<string>, "length" | "lengths">): void {
  lengths?.forEach((valid, n) => y.fill(0, (n * length + valid) * width, (n + 1) * length * width));
}
