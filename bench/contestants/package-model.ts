// A language model's problem as calls of the package.
import { MambaForCausalLM, saveTensors, type Tensor } from "ssm-scan";
import type { Planes } from "../cases/inputs.js";
import { CONV_WIDTH, JUDGED, MODEL_DEPTH, parametersOf, VOCABULARY, widthsOf } from "../cases/mamba/model.js";
import type { Problem } from "../cases/problem.js";
import type { LayerCall } from "./package-layer.js";

/** On the backend in use, which keeps the weights. */
export async function modelCall(operator: "mamba-prefill" | "mamba-decode", problem: Problem, planes: Planes): Promise<LayerCall> {
  const model = await MambaForCausalLM.fromPretrained(checkpoint(problem, planes), { weights: problem.weights ?? "float32" });
  const ids = Int32Array.from(planes["ids"]!);
  if (operator === "mamba-prefill") {
    const after = (some: Int32Array) => model.forward(some, { batch: 1, length: some.length }, { logits: "last" });
    const { logits } = after(ids.subarray(0, JUDGED));
    const run = (): void => void after(ids);
    run();
    return { run, first: { logits } };
  }
  const [state, out] = [model.initialState(1), new Float32Array(VOCABULARY)];
  const run = (): void => void model.step(ids, state, { out });
  run();
  run();
  return { run, first: { logits: out.slice() } };
}

/** The files of a checkpoint. */
function checkpoint(problem: Problem, planes: Planes): Map<string, Uint8Array> {
  const { channels, n } = problem;
  const config = {
    ...{ model_type: "mamba", vocab_size: VOCABULARY, hidden_size: channels, num_hidden_layers: MODEL_DEPTH, state_size: n },
    ...{ expand: 2, time_step_rank: widthsOf(problem).rank, conv_kernel: CONV_WIDTH, use_bias: false, use_conv_bias: true },
    ...{ hidden_act: "silu", layer_norm_epsilon: 1e-5, tie_word_embeddings: true },
  };
  const tensors = parametersOf(problem).map(({ name, dims }): [string, Tensor] => [name, { dims, data: planes[name]! }]);
  return new Map([
    ["config.json", new TextEncoder().encode(JSON.stringify(config))],
    ["model.safetensors", saveTensors(Object.fromEntries(tensors))],
  ]);
}
