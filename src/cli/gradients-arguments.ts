// What the words after `gradients` ask for.
import type { LayerName } from "../index.js";
import { cases } from "./gradients/cases.js";
import { countOf, list, numberOf, UsageError } from "./numbers.js";

export interface GradientsRequest {
  /** Steps. */
  length: number;
  dModel: number;
  stateSize: number;
  seed: number;
  /** All where left out. */
  layer?: LayerName;
  /** Files. */
  csv?: string;
  svg?: string;
}

const words = ["length", "d-model", "state-size", "seed", "layer", "csv", "svg"] as const;

export type GradientsOption = (typeof words)[number];

/** Those that `gradients` takes. */
export const gradientsOptions: readonly GradientsOption[] = words;

/** The options of `gradients` among values that are given. */
export function gradientsRequest({ length, seed, layer, csv, svg, ...sizes }: Readonly<Partial<Record<GradientsOption, string>>>): GradientsRequest {
  const layers = Object.fromEntries(cases.map((each) => [each.layer, true]));
  if (layer !== undefined && !Object.hasOwn(layers, layer)) throw new UsageError(`--layer must be ${list(layers)}, got "${layer}"`);
  const count = (option: GradientsOption, value: string | undefined, otherwise: number): number => (value === undefined ? otherwise : countOf(option, value));
  return {
    length: count("length", length, 10_000),
    dModel: count("d-model", sizes["d-model"], 8),
    stateSize: count("state-size", sizes["state-size"], 64),
    seed: seed === undefined ? 0 : numberOf("seed", seed, Number.isSafeInteger, "a whole number"),
    ...(layer !== undefined && { layer: layer as LayerName }),
    ...(csv !== undefined && { csv }),
    ...(svg !== undefined && { svg }),
  };
}
