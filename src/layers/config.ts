// The options of a layer, complete and checked.
import { ScanError } from "../error.js";
import { aNumber, type Checks, checkOptions, oneOf } from "../options.js";
import { dtypes, type LayerOptions } from "./layer.js";

const common: Checks = { dtype: oneOf(dtypes), seed: aNumber };
const commonDefaults = { dtype: "float32", seed: 0 } as const;

/** The options given to `layer`, and `defaults` for the others; those of every layer among them. */
export function configOf<O extends LayerOptions, D extends Partial<O>>(
  layer: string,
  options: O,
  checks: Checks,
  defaults: D,
  required: readonly (keyof O & string)[] = ["dModel" as keyof O & string],
): O & D & Required<LayerOptions> {
  const given = Object.entries(checkOptions(layer, options, { ...checks, ...common })).filter(([, value]) => value !== undefined);
  const config = { ...commonDefaults, ...defaults, ...Object.fromEntries(given) } as O & D & Required<LayerOptions>;
  for (const name of required) {
    if (config[name] === undefined) throw new ScanError("option", `${layer}: \`${name}\` is missing, expected a whole number of at least 1`);
  }
  return config;
}
