// The layers of a deep sequence model.
import { ScanError } from "../error.js";
import type { Layer, LayerOptions } from "../layers/layer.js";
import { isBlock, type LayerSpec, makeLayer, specOf } from "../layers/registry.js";
import { type Random, seedFrom } from "../random.js";
import type { StackConfig, StackOptions } from "./model-config.js";

/** What a block has in it. */
const inBlocks = ["norm", "batchnorm", "prenorm", "activation", "bnMomentum", "dropout"] as const satisfies readonly (keyof StackOptions)[];

type Known = Layer & { dOutput?: number; options?: LayerOptions };

/** One layer for each block; those that are given no seed take one from `random`. */
export function layersOf(name: string, config: StackConfig, random: Random): Layer[] {
  const { layer, dModel, dtype, nLayers } = config;
  if (Array.isArray(layer) && layer.length !== nLayers) {
    throw new ScanError("option", `${name}: \`layer\` is a list of ${layer.length}, expected as many as \`nLayers\`, ${nLayers}`);
  }
  return Array.from({ length: nLayers }, (_, i) => {
    const own = { dModel, dtype, seed: seedFrom(random) };
    const made = typeof layer === "function" ? layer(own, i) : makeLayer(name, filled(Array.isArray(layer) ? (layer[i] as LayerSpec) : atIndex(layer as LayerSpec, i), own));
    check(`${name}: \`layer\` of block ${i}`, made, config);
    return made;
  });
}

/** The config as JSON can hold it; without what blocks that were given as layers have in them, which may not be `given`. */
export function optionsOf(name: string, given: StackOptions, config: StackConfig, made: readonly Layer[]): StackOptions {
  const layer = specsOf(config, made);
  if (!made.every(isBlock)) return { ...config, layer };
  const extra = inBlocks.find((key) => given[key] !== undefined);
  if (extra === undefined) return Object.fromEntries(Object.entries({ ...config, layer }).filter(([key]) => !(inBlocks as readonly string[]).includes(key))) as unknown as StackOptions;
  throw new ScanError("option", `${name}: \`${extra}\` is an option of the layer itself here, which is a block already`);
}

/** What makes the same layers again: the spec where there is one, complete but for the seeds, else one for each block. */
function specsOf({ layer }: Pick<StackConfig, "layer">, made: readonly Layer[]): LayerSpec | LayerSpec[] {
  if (typeof layer === "function" || Array.isArray(layer)) return made.map(specOf);
  const { name, options } = specOf(made[0]!);
  const given = (layer as LayerSpec).options?.["seed"];
  const { seed, ...others } = { ...options, seed: given };
  return { name, options: seed === undefined ? others : { ...others, seed } };
}

function filled(spec: LayerSpec, own: object): LayerSpec {
  return { ...spec, options: { ...own, ...spec.options } };
}

/** A spec that has a seed gives each block another. */
function atIndex(spec: LayerSpec, i: number): LayerSpec {
  const seed = spec.options?.["seed"];
  return typeof seed === "number" ? { ...spec, options: { ...spec.options, seed: seed + i } } : spec;
}

function check(what: string, layer: Known, { dModel, dtype }: StackConfig): void {
  if (typeof (layer as Partial<Layer> | undefined)?.forward !== "function") throw new ScanError("option", `${what} is no layer`);
  if (layer.dModel !== dModel) throw new ScanError("option", `${what} has \`dModel\` ${layer.dModel}, expected ${dModel}`);
  if (layer.dOutput !== undefined && layer.dOutput !== dModel) throw new ScanError("option", `${what} has \`dOutput\` ${layer.dOutput}, expected ${dModel}`);
  const own = layer.options?.dtype;
  if (own !== undefined && own !== dtype) throw new ScanError("option", `${what} has \`dtype\` "${own}", expected "${dtype}"`);
}
