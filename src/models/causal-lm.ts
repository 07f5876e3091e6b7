// What language models read from checkpoints can do, whichever layers they have.
import type { Real, Tensor } from "../arrays.js";
import { engine } from "../backend/current.js";
import { ScanError } from "../error.js";
import { checkpointFiles, type CheckpointSource, jsonOf } from "../io/checkpoint-files.js";
import type { LoadOptions } from "../layers/layer.js";
import type { Parameters } from "../layers/parameters.js";
import { checkOptions, type Checks, oneOf } from "../options.js";
import { random } from "../random.js";
import { checkpointConfig } from "./checkpoint-config.js";
import { tensorOf, type WeightFormat, weightFormats } from "./checkpoint-tensor.js";
import { checkpointWeights } from "./checkpoint-weights.js";
import { crossEntropy } from "./cross-entropy.js";
import { generate, type GenerateOptions } from "./generate.js";
import { type LanguageConfig, languageConfig, languageInitials, type MambaLanguageModelOptions } from "./language-config.js";
import type { LanguageForwardOptions } from "./language-arguments.js";
import { MambaLanguageModel } from "./mamba-language-model.js";

/** Arrays by names, `layers.0.conv`, `layers.0.ssm` and so on: to be copied, sent, saved with {@link saveState}. */
export type LanguageState = Record<string, Real>;

/** Options of `fromPretrained`. */
export interface PretrainedOptions {
  /**
   * How matrices are kept in memory: as float32 (the default), or in 16 bits, which takes half of the memory and of the time
   * of a token. Numbers that the file has otherwise are rounded. What is no matrix stays float32.
   */
  weights?: WeightFormat;
  /** What addresses are fetched with; the platform's own by default. */
  fetch?: typeof fetch;
}

/** Options of a model with random weights. */
export type CausalLMOptions<O> = Omit<MambaLanguageModelOptions, "layer" | "dtype"> & {
  /** Of its layers. */
  layer?: O;
};

export const pretrainedChecks: Checks = {
  weights: oneOf(weightFormats),
  fetch: (value) => (typeof value === "function" ? undefined : "a function"),
};

/** What a checkpoint makes. */
export interface Pretrained {
  options: MambaLanguageModelOptions;
  parameters: Parameters;
  end: readonly number[];
}

/** Reads a checkpoint of such layers. */
export async function readPretrained(name: string, layer: "Mamba" | "Mamba2", source: CheckpointSource, options: PretrainedOptions | undefined): Promise<Pretrained> {
  const call = `${name}.fromPretrained`;
  const { weights: format = "float32", fetch } = checkOptions(call, options, pretrainedChecks);
  const backend = engine(); // where there is none yet, nothing is fetched
  const files = checkpointFiles(call, source, fetch);
  const json = await jsonOf(files, CONFIG);
  if (json === undefined) throw new ScanError("file", `${CONFIG} is missing in ${files.place}`);
  const { options: own, end } = checkpointConfig(CONFIG, json);
  if (own.layer.name !== layer) throw new ScanError("file", `${CONFIG} is of a model with ${own.layer.name} layers, which ${own.layer.name}ForCausalLM reads; ${name} has ${layer}`);
  const config = asFile(() => languageConfig(own));
  const wanted = () => languageInitials(config, random(0));
  const unused = config.tieEmbeddings ? ["lm_head.weight"] : [];
  const parameters = await checkpointWeights(files, backend, { format, nLayers: config.nLayers, wanted, unused });
  return { options: own, parameters, end };
}

const CONFIG = "config.json";

/** What is wrong with options is wrong with the file that has them. */
function asFile(make: () => LanguageConfig): LanguageConfig {
  try {
    return make();
  } catch (cause) {
    throw new ScanError("file", `${CONFIG}: ${(cause as Error).message}`, { cause });
  }
}

/** The members of {@link MambaForCausalLM} and {@link Mamba2ForCausalLM}. */
export abstract class CausalLM {
  /** The options, complete. */
  readonly options: LanguageConfig;
  /** Tokens that end a text, as the checkpoint's configuration has them: for `stop` of `generate`. */
  readonly endTokens: readonly number[];
  readonly #name: string;
  readonly #model: MambaLanguageModel;

  constructor(name: string, options: MambaLanguageModelOptions, pretrained: Omit<Pretrained, "options"> | undefined) {
    this.#name = name;
    this.#model = new MambaLanguageModel(options, pretrained?.parameters);
    this.options = this.#model.options;
    this.endTokens = pretrained?.end ?? [];
  }

  /**
   * ids: [batch, length] -> logits: [batch, length, vocabSize], zero in padding. Sequences may come in pieces of any length,
   * joined by `state`; `lengths` (or `starts`, for padding on the left) say what is valid of each.
   */
  forward(ids: Int32Array, dims: { batch: number; length: number }, options?: Omit<LanguageForwardOptions, "state"> & { state?: unknown }): { logits: Float32Array; state: LanguageState; hidden?: Float32Array[] } {
    return this.#model.forward(ids, dims, options as LanguageForwardOptions) as { logits: Float32Array; state: LanguageState; hidden?: Float32Array[] };
  }

  /** One token of each sequence: ids [batch] -> logits [batch, vocabSize]. `state` is moved in place; `out` is filled. */
  step(ids: Int32Array, state: LanguageState, options?: { out?: Float32Array }): { logits: Float32Array; state: LanguageState } {
    return this.#model.step(ids, state, options) as { logits: Float32Array; state: LanguageState };
  }

  /** The state of `batch` sequences that have not begun. */
  initialState(batch: number): LanguageState {
    return this.#model.initialState(batch);
  }

  /** Mean cross-entropy of each next token, in nats. ids: [batch, length], of at least 2 tokens each. */
  loss(ids: Int32Array, dims: { batch: number; length: number }): number {
    return crossEntropy(this.#name, this.#model, ids, dims);
  }

  /**
   * Tokens that follow `prompt`, [length], one by one: at most `maxNewTokens` (256), until one of `stop`, which does not
   * come. Others have their turn before each. `signal` ends it with its reason.
   */
  generate(prompt: Int32Array, options?: GenerateOptions): AsyncGenerator<number, void, undefined> {
    return generate(this.#name, this.#model, prompt, options);
  }

  /** By transformers' names, live; those kept in 16 bits as copies in float32, made at each access. */
  parameters(): Record<string, Tensor> {
    const entries = Object.entries(this.#model.parameters()).map(([name, parameter]) => [name, tensorOf(parameter as Parameters[string])]);
    return Object.fromEntries(entries) as Record<string, Tensor>;
  }

  /** Copies tensors by those names into the model, all or none. Throws a ScanError of code "unsupported" where weights are kept in 16 bits. */
  loadParameters(parameters: Record<string, Tensor>, options?: LoadOptions): void {
    const short = Object.entries(this.#model.parameters()).find(([, parameter]) => "format" in (parameter as Parameters[string]).weight);
    if (short !== undefined) throw new ScanError("unsupported", `${this.#name}: \`${short[0]}\` is kept in 16 bits, which do not change; read the model with \`weights\` "float32"`);
    this.#model.loadParameters(parameters, options);
  }
}
