// Optimisers against torch's, what they do by groups, and that they go on from where they were.
import { type Tensor, train } from "ssm-scan";
import { describe, expect, test } from "vitest";
import { expectClose, expectSameBits } from "../support/close.js";

const parameters = (): Record<string, Tensor> => ({ p: { dims: [3], data: Float64Array.of(1, -2, 3) } });
const gradients = (k: number): Record<string, Tensor> => ({ p: { dims: [3], data: Float64Array.of(0.5 * (k + 1), -(k + 1) * (-1) ** k, 0.2 * (k + 1)) } });

const make = {
  AdamW: () => new train.AdamW({ learningRate: 0.1, beta1: 0.8, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.05 }),
  Sgd: () => new train.Sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.05 }),
};

/** After four steps of torch.optim, float64. */
const truth = { AdamW: [0.5848474196056745, -1.8942423154327968, 2.545147147284935], Sgd: [0.032047794374999876, -1.9405055887499998, 2.496078891875] };

describe.each(["AdamW", "Sgd"] as const)("%s", (name) => {
  test("takes torch's steps", () => {
    const [own, optimiser] = [parameters(), make[name]()];
    for (let k = 0; k < 4; k++) optimiser.step(own, gradients(k));
    expectClose("p", own["p"]!.data, Float64Array.from(truth[name]), 1e-14);
  });

  test("goes on from a state, bit for bit", () => {
    const [own, other] = [parameters(), parameters()];
    const optimiser = make[name]();
    for (let k = 0; k < 2; k++) optimiser.step(own, gradients(k));
    other["p"]!.data.set(own["p"]!.data);
    const second = make[name]();
    second.load(structuredClone(optimiser.state()));
    for (let k = 2; k < 4; k++) {
      optimiser.step(own, gradients(k));
      second.step(other, gradients(k));
    }
    expectSameBits("p", own["p"]!.data, other["p"]!.data);
  });

  test("refuses a gradient that does not fit", () => {
    expect(() => make[name]().step(parameters(), { p: { dims: [2], data: new Float64Array(2) } })).toThrow(/`p` has 2 elements, expected 3/);
    expect(() => make[name]().step(parameters(), {})).toThrow(/`p` has 0 elements, expected 3/);
  });
});

test("systems learn at a rate of their own and do not decay; norms and biases do not decay; statistics stay", () => {
  const names = ["layers_0.seq.Lambda_re", "layers_0.seq.B", "layers_0.norm.scale", "layers_0.out2.bias", "layers_0.out2.kernel", "layers_0.seq.C", "batch_stats.layers_0.norm.mean"];
  const own: Record<string, Tensor> = Object.fromEntries(names.map((name) => [name, { dims: [1], data: Float64Array.of(1) }]));
  const none: Record<string, Tensor> = Object.fromEntries(names.map((name) => [name, { dims: [1], data: Float64Array.of(name.includes("seq") ? 1 : 0) }]));
  new train.Sgd({ learningRate: 0.1, weightDecay: 0.5, groups: train.systemGroups(0.25) }).step(own, none);
  const after = names.map((name) => own[name]!.data[0]!);
  [0.975, 0.975, 1, 1, 0.95, 0.85, 1].forEach((want, i) => expect(after[i], names[i]).toBeCloseTo(want, 12));
});

test("a cosine schedule rises, falls and stays", () => {
  const rate = train.cosine({ peak: 1, steps: 10, warmup: 2, floor: 0.1 });
  expect([0, 1, 2].map(rate)).toEqual([0.5, 1, 1]);
  expect(rate(6)).toBeCloseTo(0.55, 12);
  expect([10, 50].map(rate)).toEqual([0.1, 0.1]);
});

test("clipping keeps the direction", () => {
  const own: Record<string, Tensor> = { x: { dims: [1], data: Float64Array.of(3) }, y: { dims: [1], data: Float64Array.of(4) } };
  expect(train.clipByGlobalNorm(own, 1)).toBe(5);
  expect(own["x"]!.data[0]).toBeCloseTo(0.6, 12);
  expect(train.clipByGlobalNorm(own, 2)).toBeCloseTo(1, 12);
  expect(own["y"]!.data[0]).toBeCloseTo(0.8, 12);
});
