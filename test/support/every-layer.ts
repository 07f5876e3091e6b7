// Every layer, small: what the laws of time are tested on.
import { type Layer, type Real, S5Ssm, ScanError } from "ssm-scan";
import type { Dtype } from "./precision.js";

type Make = (dtype: Dtype, seed?: number) => Layer;

/** Makes a layer of a class, with options that tell it from its other entries. */
function kind<O>(Class: new (options: O) => Layer, options: O): readonly [string, Make] {
  const title = `${Class.name} ${JSON.stringify(options)}`;
  return [title, (dtype, seed = 1) => new Class({ ...options, dtype, seed })];
}

export const layers: readonly (readonly [string, Make])[] = [
  kind(S5Ssm, { dModel: 5, ssmSize: 12, blocks: 3 }),
  kind(S5Ssm, { dModel: 3, ssmSize: 8, blocks: 1, conjSym: false, discretization: "bilinear" as const }),
  kind(S5Ssm, { dModel: 5, ssmSize: 12, blocks: 3, bidirectional: true }),
];

/** What `call` gives, or nothing where the layer says that it cannot do it. */
export function ifAble<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (cause) {
    if (cause instanceof ScanError && cause.code === "unsupported") return undefined;
    throw cause;
  }
}

/** The planes of a state, in the order of their names. */
export function planesOf(state: Record<string, Real>): Real[] {
  return Object.keys(state).sort().map((name) => state[name]!);
}
