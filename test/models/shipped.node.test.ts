// The models of the folder `models`: they are small, do what their logs say, and write text.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { byteTokenizer, type ClassificationModel, init, loadCausalLM, loadLayer, TextStream, type train } from "ssm-scan";
import { mnist } from "../../src/cli/training/mnist-files.js";
import { digits } from "../../src/train/tasks/digits.js";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { root } from "../support/child.js";

const at = (...names: string[]): string => join(root, "models", ...names);
const lastOf = (name: string): train.LogEntry => JSON.parse(readFileSync(at(name, "log.jsonl"), "utf8").trimEnd().split("\n").at(-1)!) as train.LogEntry;

/** From the Jargon File's entry on itself: nothing that the model has to know by heart. */
const passage = "A hacker is a person who enjoys exploring the details of programmable systems and how to stretch their capabilities, as opposed to most users, who prefer to learn only the minimum necessary.";

test("each is below 2 MB, with its log and its settings", () => {
  for (const name of ["smnist", "jargon"]) {
    expect(readdirSync(at(name))).toEqual(expect.arrayContaining(["log.jsonl", "model.safetensors", "settings.json"]));
    expect(statSync(at(name, "model.safetensors")).size).toBeLessThan(2_000_000);
  }
});

describe.each(backends)("%s", (backend) => {
  beforeAll(async () => {
    await init({ backend });
  });

  test("digits are told apart as well as the log says", () => {
    const model = loadLayer(readFileSync(at("smnist", "model.safetensors"))) as ClassificationModel;
    const { test: set } = digits(mnist());
    const count = 400;
    const { batch, length, input, labels } = set.examples(Array.from({ length: count }, (_, i) => i * 25));
    const { y } = model.forward(input as Float32Array, { batch, length });
    const right = Array.from(labels).filter((label, n) => {
      const own = y.subarray(10 * n, 10 * n + 10);
      return own.indexOf(Math.max(...own)) === label;
    }).length;
    const { accuracy } = lastOf("smnist").test!;
    expect(accuracy).toBeGreaterThan(0.985);
    // Three standard deviations of so few digits.
    expect(right / count).toBeGreaterThan(accuracy - 3 * Math.sqrt((accuracy * (1 - accuracy)) / count));
  });

  test("a text's next bytes are foreseen", async () => {
    const model = await loadCausalLM(at("jargon"));
    const ids = Int32Array.from(byteTokenizer.encode(passage));
    const bits = model.loss(ids, { batch: 1, length: ids.length }) / Math.LN2;
    expect(bits).toBeLessThan(2.6);
    const stream = new TextStream(byteTokenizer);
    let text = "";
    for await (const token of model.generate(byteTokenizer.encode("The "), { maxNewTokens: 60 })) text += stream.push(token);
    expect(text.match(/[a-z]{3,}/g)?.length).toBeGreaterThan(5);
  });
});
