// A language model of whichever layers a checkpoint has.
import { engine } from "../backend/current.js";
import { checkpointFiles, type CheckpointSource, jsonOf } from "../io/checkpoint-files.js";
import { checkOptions } from "../options.js";
import { type PretrainedOptions, pretrainedChecks } from "./causal-lm.js";
import { checkpointConfig } from "./checkpoint-config.js";
import { MambaForCausalLM } from "./mamba-for-causal-lm.js";
import { Mamba2ForCausalLM } from "./mamba2-for-causal-lm.js";

/** {@link MambaForCausalLM.fromPretrained} or that of {@link Mamba2ForCausalLM}, by the checkpoint's `config.json`; browsers need `await init()` first. */
export async function loadCausalLM(source: CheckpointSource, options?: PretrainedOptions): Promise<MambaForCausalLM | Mamba2ForCausalLM> {
  const { fetch } = checkOptions("loadCausalLM", options, pretrainedChecks);
  engine(); // where there is none yet, nothing is fetched
  const json = await jsonOf(checkpointFiles("loadCausalLM", source, fetch), "config.json");
  const isSecond = json !== undefined && checkpointConfig("config.json", json).options.layer.name === "Mamba2";
  return isSecond ? Mamba2ForCausalLM.fromPretrained(source, options) : MambaForCausalLM.fromPretrained(source, options);
}
