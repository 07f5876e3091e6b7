// Language models of Mamba and Mamba-2 against transformers' outputs.
import { expect, test } from "vitest";
import type { Tensor } from "ssm-scan";
import { languageModel, mamba, mamba2 } from "../reference/mamba.js";
import { recurrent } from "../reference/recurrent.js";
import { expectClose } from "../support/close.js";
import { fixture } from "../support/fixtures.js";

const dims = { batch: 2, length: 12 };
const bound = 5e-6;
const golden = [
  ["hf_mamba_tiny", mamba],
  ["hf_mamba2_tiny", (own: Record<string, Tensor>) => mamba2(own, { headdim: 8, dState: 4, ngroups: 2 })],
] as const;

const parametersOf = (tensors: Record<string, Tensor>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => name.startsWith("params.")).map(([name, tensor]) => [name.slice("params.".length), tensor]));

test.each(golden)("the definition gives what transformers gives: %s", async (name, mixer) => {
  const { tensors } = await fixture(name);
  const ids = Float64Array.from(tensors["ids"]!.data, Number);
  const seen: number[][] = [];
  const model = languageModel(parametersOf(tensors), 2, mixer, (h) => seen.push(h));
  const { y } = recurrent(model, ids, dims);
  expectClose("logits", y, Float64Array.from(tensors["logits"]!.data), bound);
  seen.splice(0, 3);
  for (const i of [0, 1, 2]) expectClose(`hidden.${i}`, Float64Array.from(seen.filter((_, k) => k % 3 === i).flat()), Float64Array.from(tensors[`hidden.${i}`]!.data), bound);
  expect(seen).toHaveLength(72);
});
