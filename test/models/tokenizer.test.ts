// Text as tokens: bytes, or by a tokenizer.json; and as it comes.
import { byteTokenizer, loadTokenizer, TextStream } from "ssm-scan";
import { expect, test } from "vitest";
import { textOf } from "../support/checkpoints.js";
import { expectRejection } from "../support/refusal.js";

/** A byte-level vocabulary of pairs, as GPT-NeoX's is: small letters, a space, and a few words. */
function tokenizerJson(): string {
  const letters = ["Ġ", ..."abcdefghijklmnopqrstuvwxyz", "Ã", "©"];
  const merges = [["h", "e"], ["l", "l"], ["he", "ll"], ["hell", "o"], ["Ġ", "a"]];
  const vocabulary = ["<|end|>", ...letters, ...merges.map((pair) => pair.join(""))];
  return JSON.stringify({
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [{ id: 0, content: "<|end|>", single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: { type: "BPE", dropout: null, unk_token: null, continuing_subword_prefix: "", end_of_word_suffix: "", fuse_unk: false, byte_fallback: false, vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])), merges },
  });
}

test("without a tokenizer.json tokens are bytes", async () => {
  const tokenizer = await loadTokenizer(new Map());
  expect([...tokenizer.encode("aé€")]).toEqual([97, 195, 169, 226, 130, 172]);
  expect(tokenizer.decode([97, 195, 169, 300, -1])).toBe("aé");
});

test("a tokenizer.json is read by the package that is there for it", async () => {
  const tokenizer = await loadTokenizer(new Map([["tokenizer.json", textOf(tokenizerJson())]]));
  const tokens = tokenizer.encode("hello a dog");
  expect(tokens).toBeInstanceOf(Int32Array);
  expect(tokens).toHaveLength(6);
  expect(tokenizer.decode(tokens)).toBe("hello a dog");
  expect(tokenizer.decode([...tokens, 0])).toBe("hello a dog");
  expect(tokenizer.decode([])).toBe("");
  const stream = new TextStream(tokenizer);
  const parts = [...tokenizer.encode("hello a é"), 0].map((token) => stream.push(token));
  expect(parts.join("") + stream.end()).toBe("hello a é");
  expect(parts.every((part) => !part.includes("\uFFFD"))).toBe(true);
});

test("a tokenizer.json that is none is named", async () => {
  await expectRejection(loadTokenizer(new Map([["tokenizer.json", textOf("{")]])), { code: "file", says: [/tokenizer\.json is no JSON/] });
  await expectRejection(loadTokenizer(new Map([["tokenizer.json", textOf("{}")]])), { code: "file", says: [/tokenizer\.json in the files given is not read by/] });
});

test("characters come when they are whole, and what never becomes one comes at the end", () => {
  const stream = new TextStream(byteTokenizer);
  expect([97, 195, 169, 226, 130, 172, 98].map((byte) => stream.push(byte))).toEqual(["a", "", "é", "", "", "€", "b"]);
  expect([stream.push(195), stream.end(), stream.push(97)]).toEqual(["", "\uFFFD", "a"]);
});
