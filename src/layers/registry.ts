// The layers by the names of their classes, which files know them by.
import type { Layer } from "./layer.js";
import { S5Ssm } from "./s5-ssm.js";

/** A layer's class, as a file has to call it. */
export type LayerClass = new (options: never) => Layer;

/** Every layer; the names stay what they are where a bundler renames classes. */
export const layers: Readonly<Record<string, LayerClass>> = { S5Ssm };
