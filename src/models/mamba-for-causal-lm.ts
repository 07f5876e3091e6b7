// A language model of Mamba layers, as checkpoints have it.
import type { CheckpointSource } from "../io/checkpoint-files.js";
import type { LayerOptions } from "../layers/layer.js";
import type { MambaOptions } from "../layers/mamba-config.js";
import { CausalLM, type CausalLMOptions, type Pretrained, type PretrainedOptions, readPretrained } from "./causal-lm.js";

/** Options of {@link MambaForCausalLM} with random weights: `vocabSize`, `dModel` and `nLayers` at least. */
export type MambaForCausalLMOptions = CausalLMOptions<Omit<MambaOptions, "dModel" | keyof LayerOptions>>;

/**
 * Embeddings, blocks `h + Mamba(norm(h))`, a norm and a head, which may be the embeddings. (transformers `MambaForCausalLM`,
 * `FalconMambaForCausalLM`; mamba_ssm `MambaLMHeadModel`.)
 */
export class MambaForCausalLM extends CausalLM {
  /** Made by {@link MambaForCausalLM.fromPretrained}, or with random weights. */
  constructor(options?: MambaForCausalLMOptions, pretrained?: Omit<Pretrained, "options">) {
    const { layer, ...others } = options ?? ({} as MambaForCausalLMOptions);
    super("MambaForCausalLM", { ...others, layer: { name: "Mamba", options: layer ?? {} } }, pretrained);
  }

  /**
   * Reads a checkpoint from a folder (Node), an http(s) address or a Map of files by name: `config.json`, of transformers
   * or mamba_ssm, and `model.safetensors` or `model.safetensors.index.json` with its shards, in F64, F32, F16 or BF16.
   * Nothing else is downloaded. Throws a ScanError of code "file" that names the file, and the tensor or the field.
   * Browsers need `await init()` first.
   */
  static async fromPretrained(source: CheckpointSource, options?: PretrainedOptions): Promise<MambaForCausalLM> {
    const { options: found, ...pretrained } = await readPretrained("MambaForCausalLM", "Mamba", source, options);
    return new MambaForCausalLM({ ...found, layer: found.layer.options } as MambaForCausalLMOptions, pretrained);
  }
}
