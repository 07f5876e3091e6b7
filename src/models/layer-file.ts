// Layers as safetensors files: their parameters, and in the metadata the class and its options.
import { ScanError } from "../error.js";
import { type Layer, loadChecks, type LoadOptions } from "../layers/layer.js";
import { type LayerClass, layerClasses } from "../layers/registry.js";
import { ClassificationModel } from "./classification-model.js";
import { SequenceModel } from "./sequence-model.js";
import { checkOptions } from "../options.js";
import { loadTensors, saveTensors, type TensorFile } from "../io/tensors.js";

/** What a file can hold. */
const layers: Readonly<Record<string, LayerClass>> = { ...layerClasses, ClassificationModel, SequenceModel };

/** What files of layers say they are. */
const FORMAT = "ssm-scan";

/**
 * The bytes of a safetensors file of a layer: its parameters by the reference's names; as metadata `format`
 * ("ssm-scan"), `layer` (the name of the class) and `options` (those of the constructor, as JSON).
 */
export function saveLayer(layer: Layer): Uint8Array {
  const name = Object.keys(layers).find((each) => layer instanceof layers[each]!);
  if (name === undefined) throw new ScanError("unsupported", `saveLayer: \`layer\` must be one of this package's (${Object.keys(layers).join(", ")})`);
  return saveTensors(layer.parameters(), { format: FORMAT, layer: name, options: JSON.stringify(layer.options, toText) });
}

/**
 * The layer of a file that {@link saveLayer} made, or one with the same metadata: built from its options, on the
 * current backend, with the file's parameters. `options` are those of {@link Layer.loadParameters}: with `strict`
 * (the default) parameters that are missing or unexpected are an error that names them.
 *
 * Throws a ScanError of code "file" where the file is none of a layer, or does not fit it.
 */
export function loadLayer(bytes: Uint8Array | ArrayBuffer, options?: LoadOptions): Layer {
  checkOptions("loadLayer", options, loadChecks);
  const file = loadTensors(bytes);
  try {
    const layer = layerOf(file, options?.strict ?? true);
    layer.loadParameters(file.tensors, options);
    return layer;
  } catch (cause) {
    if (cause instanceof ScanError && (cause.code === "file" || cause.code === "backend")) throw cause;
    // What is wrong with the file's options or shapes, or more room than there is.
    throw new ScanError("file", `loadLayer: ${(cause as Error).message}`, { cause });
  }
}

function layerOf(file: TensorFile, strict: boolean): Layer {
  const { format, layer: name = "", options = "" } = file.metadata;
  if (format !== FORMAT) throw new ScanError("file", `loadLayer: \`metadata.format\` must be "${FORMAT}", got ${JSON.stringify(format) ?? "none"}; loadTensors reads any file`);
  if (!Object.hasOwn(layers, name)) throw new ScanError("file", `loadLayer: \`metadata.layer\` must be one of ${Object.keys(layers).join(", ")}, got ${JSON.stringify(name)}`);
  const given = parsed(options);
  if (strict) checkSizes(given, file);
  return new layers[name]!(given as never);
}

function parsed(text: string): Record<string, unknown> {
  let options: unknown;
  try {
    options = JSON.parse(text, fromText);
  } catch (cause) {
    throw new ScanError("file", `loadLayer: \`metadata.options\` is no JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof options !== "object" || options === null || Array.isArray(options)) throw new ScanError("file", `loadLayer: \`metadata.options\` must be an object, got ${text}`);
  return options as Record<string, unknown>;
}

/** Options that are sizes of axes of parameters, or a factor of one. */
const size = /^(d[A-Z].*|dim|dtRank|width|blocks|channels|rank|nSsm|expand|expansionFactor|headdim|ngroups|.*(?<!^chunk)(Size|Dim|Heads|Groups))$/;

/** Sizes of square matrices. */
const square = /^(stateSize|hiddenSize)$/;

/** Before a layer is made that would fill the memory: no size is above twice the longest axis, no square above all elements. */
function checkSizes(options: object, { tensors }: TensorFile): void {
  const all = Object.values(tensors);
  const elements = all.reduce((sum, { data }) => sum + data.length, 0);
  const longest = all.flatMap(({ dims }) => dims).reduce((most, axis) => Math.max(most, axis), 1);
  const limit = (name: string): number => (name === "nLayers" ? all.length : square.test(name) ? 2 * Math.sqrt(elements) : size.test(name) ? 2 * longest : Infinity);
  for (const [name, value] of Object.entries(options)) {
    // The layers that a model is made of.
    if (name === "layer") for (const spec of [value].flat() as ({ options?: object } | null)[]) checkSizes(spec?.options ?? {}, { tensors, metadata: {} });
    if (Number(value) > limit(name)) throw new ScanError("file", `loadLayer: \`${name}\` ${String(value)} does not fit parameters of ${elements} elements, ${longest} along the longest axis`);
  }
}

/** JSON has no infinity, and limits of steps have. */
function toText(_: string, value: unknown): unknown {
  return value === Infinity ? "Infinity" : value;
}

function fromText(_: string, value: unknown): unknown {
  return value === "Infinity" ? Infinity : value;
}
