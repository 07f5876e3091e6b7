// Layers by the names of their classes, so that models can be made from JSON.
import { ScanError } from "../error.js";
import type { Layer } from "./layer.js";
import { LinearRnn } from "./linear-rnn.js";
import { LinOss } from "./linoss.js";
import { Lru } from "./lru.js";
import { LruLayer } from "./lru-layer.js";
import { Mamba } from "./mamba.js";
import { Mamba2 } from "./mamba2.js";
import { MinGru } from "./min-gru.js";
import { MinLstm } from "./min-lstm.js";
import { RgLru } from "./rg-lru.js";
import { Rnn } from "./rnn.js";
import { S4 } from "./s4.js";
import { S4D } from "./s4d.js";
import { S5Layer } from "./s5-layer.js";
import { S5Ssm } from "./s5-ssm.js";
import { Ssm } from "./ssm.js";

/** Layers that a {@link LayerSpec} can name. */
export type LayerName = "LinearRnn" | "LinOss" | "Lru" | "LruLayer" | "Mamba" | "Mamba2" | "MinGru" | "MinLstm" | "RgLru" | "Rnn" | "S4" | "S4D" | "S5Layer" | "S5Ssm" | "Ssm";

/** A layer as JSON has it. */
export interface LayerSpec {
  name: LayerName;
  /** The options of its class; what is around it gives `dModel`, `dtype` and `seed` where these are left out. */
  options?: Readonly<Record<string, unknown>>;
}

/** A layer's class, as a file has to call it. */
export type LayerClass = new (options: never) => Layer;

/** All classes by name; the names stay what they are where a bundler renames classes. */
export const layerClasses: Readonly<Record<LayerName, LayerClass>> = { LinearRnn, LinOss, Lru, LruLayer, Mamba, Mamba2, MinGru, MinLstm, RgLru, Rnn, S4, S4D, S5Layer, S5Ssm, Ssm };

/** Those with a normalisation and a way round them in them. */
const blockClasses: readonly LayerClass[] = [LruLayer, S5Layer];

/** Whether a layer is a block of a deep model already. */
export function isBlock(layer: Layer): boolean {
  return blockClasses.some((each) => layer instanceof each);
}

/** The same of the layer that a spec names. */
export const isBlockName = (name: LayerName): boolean => blockClasses.includes(layerClasses[name]);

/** The layer that a spec names; `call` is what errors begin with. */
export function makeLayer(call: string, { name, options }: LayerSpec): Layer {
  if (!Object.hasOwn(layerClasses, name)) {
    throw new ScanError("option", `${call}: \`layer.name\` must be one of ${Object.keys(layerClasses).join(", ")}, got "${String(name)}"`);
  }
  return new layerClasses[name]((options ?? {}) as never);
}

/** A spec that makes a layer like this one. */
export function specOf(layer: Layer & { options?: object }): LayerSpec {
  const known = (Object.keys(layerClasses) as LayerName[]).find((name) => layer.constructor === layerClasses[name]);
  return { name: known ?? (layer.constructor.name as LayerName), options: { ...layer.options } };
}
