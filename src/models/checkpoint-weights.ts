// The weights of a checkpoint, brought into the memory of a backend one tensor after the other.
import type { Engine } from "../backend/backend.js";
import { ScanError } from "../error.js";
import { type CheckpointFiles, jsonOf, type OpenFile } from "../io/checkpoint-files.js";
import { type ListedTensor, listingOf } from "../io/listing.js";
import type { Parameter, Parameters } from "../layers/parameters.js";
import { isWeightName, readParameter, type WeightFormat } from "./checkpoint-tensor.js";
import { turn } from "./turn.js";

/** Files of weights, and where an index says that they are. */
const [WHOLE, INDEX, OLD] = ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"];

/** Milliseconds of work before others have their turn. */
const LONG = 30;

/** What a model needs: shapes by transformers' names. */
export type Wanted = Readonly<Record<string, { dims: readonly number[] }>>;

/** Reads what `wanted` tells; `unused` are names that a file may have beside that. */
export async function checkpointWeights(
  files: CheckpointFiles,
  engine: Engine,
  { format, nLayers, wanted, unused }: { format: WeightFormat; nLayers: number; wanted: () => Wanted; unused: readonly string[] },
): Promise<Parameters> {
  const shards = await shardsOf(files);
  const found: Record<string, Parameter> = {};
  let needed: Wanted | undefined;
  let since = performance.now();
  try {
    for (const name of shards.names) {
      const file = shards.whole ?? (await files.open(name));
      if (file === undefined) throw new ScanError("file", `${name} is missing in ${files.place}`);
      try {
        const { tensors, dataStart } = listing(name, file);
        needed ??= (checkLayers(nLayers, shards.tensors ?? tensors.length), wanted());
        for (const tensor of tensors) {
          const own = ownName(tensor.name);
          if (unused.includes(own)) continue;
          checkTensor(name, tensor, own, needed, found);
          const bytes = file.read(dataStart + tensor.start, dataStart + tensor.end);
          found[own] = readParameter(`${name}: \`${tensor.name}\``, engine, tensor, bytes, isWeightName(own) ? format : "float32");
          if (performance.now() - since < LONG) continue;
          await turn();
          since = performance.now();
        }
      } finally {
        file.close();
      }
    }
    const missing = Object.keys(needed ?? {}).filter((name) => !Object.hasOwn(found, name));
    if (missing.length > 0) throw new ScanError("file", `${files.place}: ${missing.length} of ${Object.keys(needed!).length} tensors are missing: ${some(missing)}`);
    return found;
  } catch (error) {
    for (const { weight } of Object.values(found)) ("format" in weight ? weight.words : (weight as { dispose?: () => void })).dispose?.();
    throw error;
  }
}

/** Where weights are: in one file, which is open, or in those of an index, with so many tensors. */
interface Shards {
  names: readonly string[];
  whole?: OpenFile;
  tensors?: number;
}

async function shardsOf(files: CheckpointFiles): Promise<Shards> {
  const index = await jsonOf(files, INDEX!);
  if (index === undefined) {
    const whole = await files.open(WHOLE!);
    if (whole !== undefined) return { names: [WHOLE!], whole };
    const old = await files.open(OLD!);
    old?.close();
    throw new ScanError("file", `${files.place} has neither ${WHOLE} nor ${INDEX}${old === undefined ? "" : `; ${OLD} is not read: save it as safetensors`}`);
  }
  const map = (index as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== "object" || map === null || Array.isArray(map)) throw new ScanError("file", `${INDEX}: \`weight_map\` must be an object of file names`);
  const entries = Object.entries(map);
  for (const [tensor, name] of entries) {
    if (typeof name !== "string" || !/^\w[\w.-]*\.safetensors$/.test(name)) throw new ScanError("file", `${INDEX}: \`${tensor}\` must be in a .safetensors file beside it, got ${JSON.stringify(name)}`);
  }
  return { names: [...new Set(entries.map(([, name]) => name as string))].sort(), tensors: entries.length };
}

function listing(name: string, file: OpenFile): ReturnType<typeof listingOf> {
  try {
    return listingOf(file);
  } catch (cause) {
    if (cause instanceof ScanError && cause.code === "file") throw new ScanError("file", `${name}: ${cause.message}`, { cause });
    throw cause;
  }
}

/** Before as many names are made as a configuration can ask for. */
function checkLayers(nLayers: number, tensors: number): void {
  if (nLayers > tensors) throw new ScanError("file", `config.json has ${nLayers} layers, more than the ${tensors} tensors there are`);
}

/** Transformers' name of a tensor that mamba_ssm may have named. */
function ownName(name: string): string {
  return name === "backbone.embedding.weight" ? "backbone.embeddings.weight" : name;
}

function checkTensor(file: string, { name, shape }: ListedTensor, own: string, wanted: Wanted, found: Readonly<Record<string, Parameter>>): void {
  const expected = Object.hasOwn(wanted, own) ? wanted[own] : undefined;
  if (expected === undefined) throw new ScanError("file", `${file}: \`${name}\` is unexpected: config.json asks for no such tensor`);
  if (Object.hasOwn(found, own)) throw new ScanError("file", `${file}: \`${name}\` comes a second time`);
  if (shape.length !== expected.dims.length || shape.some((axis, i) => axis !== expected.dims[i])) {
    throw new ScanError("file", `${file}: \`${name}\` is [${shape.join(", ")}], expected [${expected.dims.join(", ")}] by config.json`);
  }
}

function some(names: readonly string[]): string {
  return names.length <= 8 ? names.join(", ") : `${names.slice(0, 8).join(", ")}, ...`;
}
