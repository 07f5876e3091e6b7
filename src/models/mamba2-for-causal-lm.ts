// A language model of Mamba-2 layers, as checkpoints have it.
import type { CheckpointSource } from "../io/checkpoint-files.js";
import type { LayerOptions } from "../layers/layer.js";
import type { Mamba2Options } from "../layers/mamba-config.js";
import { CausalLM, type CausalLMOptions, type Pretrained, type PretrainedOptions, readPretrained } from "./causal-lm.js";

/** Options of {@link Mamba2ForCausalLM} with random weights: `vocabSize`, `dModel` and `nLayers` at least. */
export type Mamba2ForCausalLMOptions = CausalLMOptions<Omit<Mamba2Options, "dModel" | keyof LayerOptions>>;

/** {@link MambaForCausalLM} of Mamba-2 layers. (transformers `Mamba2ForCausalLM`; mamba_ssm `MambaLMHeadModel`.) */
export class Mamba2ForCausalLM extends CausalLM {
  /** Made by {@link Mamba2ForCausalLM.fromPretrained}, or with random weights. */
  constructor(options?: Mamba2ForCausalLMOptions, pretrained?: Omit<Pretrained, "options">) {
    const { layer, ...others } = options ?? ({} as Mamba2ForCausalLMOptions);
    super("Mamba2ForCausalLM", { ...others, layer: { name: "Mamba2", options: layer ?? {} } }, pretrained);
  }

  /** As {@link MambaForCausalLM.fromPretrained}. */
  static async fromPretrained(source: CheckpointSource, options?: PretrainedOptions): Promise<Mamba2ForCausalLM> {
    const { options: found, ...pretrained } = await readPretrained("Mamba2ForCausalLM", "Mamba2", source, options);
    return new Mamba2ForCausalLM({ ...found, layer: found.layer.options } as Mamba2ForCausalLMOptions, pretrained);
  }
}
