// Checkpoints of every kind, Falcon-Mamba's and mamba_ssm's among them, give the logits of their definitions.
import { loadCausalLM, type Real, type Tensor } from "ssm-scan";
import { expect, test } from "vitest";
import { recurrent } from "../reference/recurrent.js";
import { filesOf, onEachBackend, rounded, type Tensors } from "../support/checkpoints.js";
import { expectClose } from "../support/close.js";
import { made } from "../support/made-checkpoints.js";

const dims = { batch: 2, length: 17 };
const bound = 5e-6;
const kinds = made.map((kind) => [kind.title, kind] as const);

/** The logits of ids, [batch, length, vocabulary]. */
function logitsOf(kind: (typeof made)[number], weights: Tensors, ids: Int32Array): Real {
  return recurrent(kind.define(weights), Float64Array.from(ids), dims).y;
}

/** As mamba_ssm writes them: another name, and a head that is the embeddings. */
function inTheirWords({ "backbone.embeddings.weight": embeddings, ...others }: Tensors): Tensors {
  return { "backbone.embedding.weight": embeddings!, "lm_head.weight": embeddings!, ...others };
}

onEachBackend("checkpoints of every kind", () => {
  test.each(kinds)("%s", async (_, kind) => {
    const vocabSize = kind.weights["backbone.embeddings.weight"]!.dims[0]!;
    const ids = Int32Array.from({ length: 34 }, (_, i) => (i * i + 3 * i) % vocabSize);
    const truth = logitsOf(kind, kind.weights, ids);
    for (const weights of [kind.weights, inTheirWords(kind.weights)]) {
      const model = await loadCausalLM(filesOf({ config: kind.config, weights }));
      expect(model.options.vocabSize).toBe(vocabSize);
      expectClose("logits", model.forward(ids, dims).logits, truth, bound);
    }
  });

  test.each(kinds)("%s: by pieces and by steps, and of several lengths", async (_, kind) => {
    const vocabSize = kind.weights["backbone.embeddings.weight"]!.dims[0]!;
    const ids = Int32Array.from({ length: 34 }, (_, i) => (i * i + 5 * i) % vocabSize);
    const truth = logitsOf(kind, kind.weights, ids);
    const rows = (n: number, from: number, to: number) => truth.subarray((n * 17 + from) * vocabSize, (n * 17 + to) * vocabSize);
    const part = (from: number, to: number) => Int32Array.of(...ids.subarray(from, to), ...ids.subarray(17 + from, 17 + to));
    const model = await loadCausalLM(filesOf(kind));
    let { logits, state } = model.forward(part(0, 4), { batch: 2, length: 4 });
    expectClose("first", logits, Float64Array.of(...rows(0, 0, 4), ...rows(1, 0, 4)), bound);
    ({ logits, state } = model.forward(part(4, 15), { batch: 2, length: 11 }, { state }));
    expectClose("second", logits, Float64Array.of(...rows(0, 4, 15), ...rows(1, 4, 15)), bound);
    for (const t of [15, 16]) expectClose(`step ${t}`, model.step(part(t, t + 1), state).logits, Float64Array.of(...rows(0, t, t + 1), ...rows(1, t, t + 1)), bound);
    const lengths = Int32Array.of(9, 16);
    const some = model.forward(ids, dims, { lengths });
    for (const n of [0, 1]) expectClose(`of ${n}`, some.logits.subarray(n * 17 * vocabSize, (n * 17 + lengths[n]!) * vocabSize), rows(n, 0, lengths[n]!), bound);
    const next = model.step(Int32Array.of(ids[9]!, ids[33]!), some.state).logits;
    expectClose("what follows each", next, Float64Array.of(...rows(0, 9, 10), ...rows(1, 16, 17)), bound);
  });

  test.each(kinds)("%s: matrices in 16 bits", async (_, kind) => {
    const isMatrix = (name: string): boolean => /(embeddings|lm_head|_proj)\.weight$/.test(name);
    const weights = Object.fromEntries(Object.entries(kind.weights).map(([name, tensor]): [string, Tensor] => [name, isMatrix(name) ? rounded("bfloat16", tensor) : tensor]));
    const ids = Int32Array.from({ length: 34 }, (_, i) => (7 * i) % 11);
    const model = await loadCausalLM(filesOf(kind), { weights: "bfloat16" });
    expectClose("logits", model.forward(ids, dims).logits, logitsOf(kind, weights, ids), bound);
  });
});
