// Text by tokens: choices by a seed, ends, interruptions, what is refused.
import { init, Mamba2ForCausalLM, MambaForCausalLM } from "ssm-scan";
import { beforeAll, expect, test } from "vitest";
import { Sampler, type SamplingOptions } from "../../src/models/sampling.js";
import { expectRefusal, expectRejection } from "../support/refusal.js";

beforeAll(async () => {
  await init();
});

const model = (): MambaForCausalLM => new MambaForCausalLM({ vocabSize: 11, dModel: 8, nLayers: 2, layer: { dState: 4 }, seed: 5 });
const prompt = Int32Array.of(1, 2, 3);

const second = (): Mamba2ForCausalLM => new Mamba2ForCausalLM({ vocabSize: 11, dModel: 8, nLayers: 2, layer: { dState: 4, headdim: 4 }, seed: 5 });

async function textOf(of: MambaForCausalLM | Mamba2ForCausalLM, options?: Parameters<MambaForCausalLM["generate"]>[1], from = prompt): Promise<number[]> {
  const text: number[] = [];
  for await (const token of of.generate(from, options)) text.push(token);
  return text;
}

/** How often each token is chosen in so many choices. */
function frequencies(logits: readonly number[], options: SamplingOptions, count = 20_000): number[] {
  const sampler = new Sampler(options);
  const counts = logits.map(() => 0);
  for (let i = 0; i < count; i++) counts[sampler.next(Float32Array.from(logits))]!++;
  return counts.map((each) => each / count);
}

const shares = (weights: readonly number[]): number[] => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
};

const probabilities = [0.1, 0.4, 0.05, 0.25, 0.2];
const logits = probabilities.map(Math.log);

test.each<[string, SamplingOptions, number[]]>([
  ["temperature 1", { temperature: 1 }, probabilities],
  ["temperature 1/2 squares", { temperature: 0.5 }, shares(probabilities.map((p) => p * p))],
  ["temperature 2 takes roots", { temperature: 2 }, shares(probabilities.map(Math.sqrt))],
  ["the first three", { temperature: 1, topK: 3 }, shares([0, 0.4, 0, 0.25, 0.2])],
  ["more than there are", { temperature: 1, topK: 9 }, probabilities],
  ["the fewest that have 0.6", { temperature: 1, topP: 0.6 }, shares([0, 0.4, 0, 0.25, 0])],
  ["at least one", { temperature: 1, topP: 1e-9 }, [0, 1, 0, 0, 0]],
  ["nearly all", { temperature: 1, topP: 0.94 }, shares([0.1, 0.4, 0, 0.25, 0.2])],
  ["of the first three those that have half", { temperature: 1, topK: 3, topP: 0.5 }, shares([0, 0.4, 0, 0.25, 0])],
  ["greedy", { temperature: 0 }, [0, 1, 0, 0, 0]],
  ["the first one", { temperature: 3, topK: 1 }, [0, 1, 0, 0, 0]],
])("choices are as likely as they should be: %s", (_, options, truth) => {
  frequencies(logits, { ...options, seed: 4 }).forEach((share, token) => {
    expect(Math.abs(share - truth[token]!), `token ${token}: ${share}`).toBeLessThan(0.015);
    if (truth[token] === 0) expect(share).toBe(0);
  });
});

test("what there was is less likely: above 0 by division, below by multiplication", () => {
  const sampler = new Sampler({ repetitionPenalty: 2 });
  sampler.see(0);
  sampler.see(2);
  const own = Float32Array.of(3, 1.4, -1, -1.5);
  expect(sampler.next(own)).toBe(0);
  expect([...own]).toEqual([1.5, Math.fround(1.4), -2, -1.5]);
});

test("of equal tokens the greedy choice is the first, and one that is no number is none", () => {
  expect(new Sampler({}).next(Float32Array.of(NaN, 2, 2, 1))).toBe(1);
  expect(() => new Sampler({}).next(Float32Array.of(NaN, NaN))).toThrow(/the logits of 2 tokens are not finite/);
});

test("the same seed gives the same text, another one another", async () => {
  const of = model();
  const sample = (seed: number) => textOf(of, { temperature: 3, maxNewTokens: 30, seed });
  expect(await sample(1)).toEqual(await sample(1));
  expect(await sample(1)).not.toEqual(await sample(2));
});

test.each([["Mamba", model], ["Mamba-2", second]] as const)("a long prompt gives what it gives in three pieces: %s", async (_, make) => {
  const of = make();
  const long = Int32Array.from({ length: 1200 }, (_, i) => (i * i) % 11);
  const first = of.forward(long.subarray(0, 300), { batch: 1, length: 300 });
  const { state } = of.forward(long.subarray(300, 701), { batch: 1, length: 401 }, { state: first.state });
  expect(await textOf(of, { maxNewTokens: 20, state }, long.slice(701))).toEqual(await textOf(of, { maxNewTokens: 20 }, long));
});

test("a state that is given is taken as it is then", async () => {
  const of = second();
  const { state } = of.forward(prompt, { batch: 1, length: 3 });
  const want = await textOf(of, { maxNewTokens: 8, state }, Int32Array.of(4));
  const tokens = of.generate(Int32Array.of(4), { maxNewTokens: 8, state });
  of.step(Int32Array.of(9), state);
  const text: number[] = [];
  for await (const token of tokens) text.push(token);
  expect(text).toEqual(want);
});

test("it ends after as many tokens as are asked for, 256 by default, or before one that stops it", async () => {
  const of = model();
  const text = await textOf(of, { temperature: 2 });
  expect(text).toHaveLength(256);
  expect(await textOf(of, { temperature: 2, maxNewTokens: 0 })).toEqual([]);
  const stop = text[9]!;
  expect(await textOf(of, { temperature: 2, stop: [stop] })).toEqual(text.slice(0, text.indexOf(stop)));
});

test("an aborted signal ends it with its reason, before it begins or while it runs", async () => {
  const reason = new Error("enough");
  await expect(textOf(model(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const controller = new AbortController();
  const text: number[] = [];
  const running = (async () => {
    for await (const token of model().generate(prompt, { signal: controller.signal, maxNewTokens: 1e6 })) {
      if (text.push(token) === 3) setTimeout(() => { controller.abort(reason); }, 0);
    }
  })();
  await expect(running).rejects.toBe(reason);
  expect(text.length).toBeGreaterThanOrEqual(3);
});

test("an aborted signal ends the reading of a long prompt", async () => {
  const [controller, reason] = [new AbortController(), new Error("enough")];
  const tokens = model().generate(new Int32Array(2 ** 20), { signal: controller.signal });
  const first = tokens.next();
  setTimeout(() => { controller.abort(reason); }, 5);
  await expect(first).rejects.toBe(reason);
  expect(await tokens.next()).toEqual({ done: true, value: undefined });
  await expect(textOf(model(), { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
});

test.each([0, 1])("weights that became NaN are told, and not text: temperature %i", async (temperature) => {
  const of = model();
  of.parameters()["backbone.norm_f.weight"]!.data.fill(NaN);
  await expectRejection(textOf(of, { temperature }), { code: "unsupported", says: [/logits of 11 tokens are not finite/] });
});

test("a loop that is left leaves nothing behind, and two at once do not disturb each other", async () => {
  const of = model();
  for await (const token of of.generate(prompt)) {
    expect(token).toBeLessThan(11);
    break;
  }
  const [one, two] = await Promise.all([textOf(of, { maxNewTokens: 20 }), textOf(of, { maxNewTokens: 20 }, Int32Array.of(7))]);
  expect(one).toEqual(await textOf(of, { maxNewTokens: 20 }));
  expect(two).toEqual(await textOf(of, { maxNewTokens: 20 }, Int32Array.of(7)));
});

test.each<[string, Int32Array, object, object]>([
  ["an empty prompt", Int32Array.of(), {}, { code: "shape", names: "prompt", says: ["0"] }],
  ["a token out of range", Int32Array.of(1, 11), {}, { code: "shape", says: ["10", "11"] }],
  ["a negative token", Int32Array.of(-1), {}, { code: "shape", says: ["-1"] }],
  ["a prompt of another type", [1] as never, {}, { code: "dtype", names: "prompt" }],
  ["a negative temperature", prompt, { temperature: -1 }, { code: "option", names: "temperature", says: ["-1"] }],
  ["no tokens to choose from", prompt, { topK: 0 }, { code: "option", names: "topK" }],
  ["a share of nothing", prompt, { topP: 0 }, { code: "option", names: "topP" }],
  ["more than all", prompt, { topP: 1.5 }, { code: "option", names: "topP", says: ["1.5"] }],
  ["no penalty", prompt, { repetitionPenalty: 0 }, { code: "option", names: "repetitionPenalty" }],
  ["half a token", prompt, { maxNewTokens: 1.5 }, { code: "option", names: "maxNewTokens" }],
  ["a stop that is none", prompt, { stop: ["x"] }, { code: "option", names: "stop" }],
  ["a signal that is none", prompt, { signal: {} }, { code: "option", names: "signal" }],
  ["a state of nothing", prompt, { state: {} }, { code: "dtype", names: "state.layers.0.conv" }],
  ["a state of two sequences", prompt, { state: { "layers.0.conv": new Float32Array(96) } }, { code: "shape", names: "state.layers.0.conv", says: ["96", "48"] }],
  ["an unknown option", prompt, { maxTokens: 3 }, { code: "option", names: "maxTokens" }],
])("%s is refused before anything begins", (_, from, options, expected) => {
  expectRefusal(() => model().generate(from, options), expected);
});

test("the loss is the mean surprise, however long the text is", () => {
  const of = new MambaForCausalLM({ vocabSize: 4096, dModel: 4, nLayers: 1, layer: { dState: 2 } });
  const length = 1500;
  const ids = Int32Array.from({ length }, (_, i) => (i * 37) % 4096);
  const { logits } = of.forward(ids, { batch: 1, length });
  let total = 0;
  for (let t = 0; t + 1 < length; t++) {
    const row = logits.subarray(t * 4096, (t + 1) * 4096);
    total += Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - row[ids[t + 1]!]!;
  }
  expect(of.loss(ids, { batch: 1, length })).toBeCloseTo(total / (length - 1), 5);
  expectRefusal(() => of.loss(Int32Array.of(1), { batch: 1, length: 1 }), { code: "shape", names: "length", says: ["1", "2"] });
  expectRefusal(() => of.loss(Int32Array.of(1, 4096), { batch: 1, length: 2 }), { code: "shape", says: ["4095", "4096"] });
});
