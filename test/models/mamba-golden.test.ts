// Language models of Mamba and Mamba-2 against transformers' outputs.
import { type Mamba2Options, MambaLanguageModel, type MambaLanguageModelOptions, type Real, type Tensor } from "ssm-scan";
import { expect, test } from "vitest";
import { languageModel, mamba, mamba2 } from "../reference/mamba.js";
import { recurrent } from "../reference/recurrent.js";
import { expectClose } from "../support/close.js";
import { fixture } from "../support/fixtures.js";
import { describeEach } from "../support/layer-laws.js";
import { steps } from "../support/pieces.js";
import { typed } from "../support/precision.js";

type Parameters = Record<string, Tensor>;

const dims = { batch: 2, length: 12 };
const [width, vocabSize] = [16, 32];

/** Made in f32. */
const bound = 5e-6;

const how = { headdim: 8, dState: 4, ngroups: 2, chunkSize: 4 } satisfies Omit<Mamba2Options, "dModel">;
const common = { vocabSize, dModel: width, nLayers: 2 };
const golden = [
  ["hf_mamba_tiny", { ...common, layer: { name: "Mamba", options: { dState: 4, dtRank: 1 } } }, mamba],
  ["hf_mamba2_tiny", { ...common, tieEmbeddings: false, layer: { name: "Mamba2", options: how } }, (own: Parameters) => mamba2(own, how)],
] as const satisfies readonly (readonly [string, MambaLanguageModelOptions, (own: Parameters) => ReturnType<typeof mamba>])[];

const parametersOf = (tensors: Parameters): Parameters =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => name.startsWith("params.")).map(([name, tensor]) => [name.slice("params.".length), tensor]));

const idsOf = (tensor: Tensor | undefined): Int32Array => Int32Array.from(tensor!.data, Number);

/** The last `kept` of each row of `of`: the references' convolution state has an input more than anything depends on. */
function lastOf(values: Real, of: number, kept: number): Float64Array {
  return Float64Array.from(values).filter((_, i) => i % of >= of - kept);
}

test.each(golden)("the definition gives what transformers gives: %s", async (name, _, mixer) => {
  const { tensors } = await fixture(name);
  const seen: number[][] = [];
  const model = languageModel(parametersOf(tensors), 2, mixer, (h) => seen.push(h));
  const { y } = recurrent(model, Float64Array.from(idsOf(tensors["ids"])), dims);
  expectClose("logits", y, tensors["logits"]!.data, bound);
  seen.splice(0, 3); // those of the step that tells how wide outputs are
  for (const i of [0, 1, 2]) expectClose(`hidden.${i}`, Float64Array.from(seen.filter((_, k) => k % 3 === i).flat()), tensors[`hidden.${i}`]!.data, bound);
});

describeEach("transformers'", (dtype) => {
  const make = async (name: string, options: MambaLanguageModelOptions) => {
    const { tensors } = await fixture(name);
    const model = new MambaLanguageModel({ ...options, dtype });
    const { "lm_head.weight": head, ...others } = parametersOf(tensors);
    model.loadParameters(options.tieEmbeddings === false ? { ...others, "lm_head.weight": head! } : others);
    return { model, tensors, ids: idsOf(tensors["ids"]) };
  };

  test.each(golden)("%s: what leaves each block, logits and loss", async (name, options) => {
    const { model, tensors, ids } = await make(name, options);
    const { logits, hidden } = model.forward(ids, dims, { hidden: true });
    expectClose("logits", logits, tensors["logits"]!.data, bound);
    expect(hidden).toHaveLength(3);
    hidden!.forEach((h, i) => { expectClose(`hidden.${i}`, h, tensors[`hidden.${i}`]!.data, bound); });
    expectClose("loss", Float64Array.of(lossOf(logits, ids)), tensors["loss"]!.data, bound);
  });

  test.each(golden)("%s: states after 11 tokens, and the step that follows", async (name, options) => {
    const { model, tensors, ids } = await make(name, options);
    const { state } = model.forward(Int32Array.from(steps([Float64Array.from(ids)], dims, 1, 0, 11)[0]!), { batch: 2, length: 11 }, { logits: "none" });
    expectClose("conv", state["layers.0.conv"]!, lastOf(tensors["conv_state_after11"]!.data, 4, 3), bound);
    expectClose("ssm", state["layers.0.ssm"]!, tensors["ssm_state_after11"]!.data, bound);
    const out = typed(dtype, new Array<number>(2 * vocabSize).fill(Number.NaN));
    const stepped = model.step(Int32Array.of(ids[11]!, ids[23]!), state, { out });
    expect(stepped.logits).toBe(out);
    expectClose("logits", out, tensors["logits_step12"]!.data, bound);
  });

  test.each(golden)("%s: greedy text", async (name, options) => {
    const { model, tensors } = await make(name, options);
    const want = idsOf(tensors["greedy"]);
    const prompt = Int32Array.of(...want.slice(0, 4), ...want.slice(16, 20));
    const text = [[...prompt.slice(0, 4)], [...prompt.slice(4)]];
    let { logits, state } = model.forward(prompt, { batch: 2, length: 4 }, { logits: "last" });
    for (let t = 4; t < 16; t++) {
      const next = [0, 1].map((n) => greatest(logits.slice(n * vocabSize, (n + 1) * vocabSize)));
      next.forEach((id, n) => text[n]!.push(id));
      ({ logits, state } = model.step(Int32Array.from(next), state));
    }
    expect(text.flat()).toEqual([...want]);
  });
});

const greatest = (logits: Real): number => [...logits].reduce((best, value, i) => (value > logits[best]! ? i : best), 0);

/** Mean cross-entropy of each next token. */
function lossOf(logits: Real, ids: Int32Array): number {
  let sum = 0;
  for (let n = 0; n < dims.batch; n++) {
    for (let t = 0; t + 1 < dims.length; t++) {
      const at = n * dims.length + t;
      const row = logits.slice(at * vocabSize, (at + 1) * vocabSize);
      sum += Math.log([...row].reduce((total, value) => total + Math.exp(value), 0)) - row[ids[at + 1]!]!;
    }
  }
  return sum / (dims.batch * (dims.length - 1));
}
