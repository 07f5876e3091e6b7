// Checkpoints that are damaged, lie, or are of something else: one error each, which names the file and what is wrong in it.
import { init, Mamba2ForCausalLM, MambaForCausalLM } from "ssm-scan";
import { beforeAll, expect, test } from "vitest";
import { filesOf, golden, type Golden, tensorFile, textOf } from "../support/checkpoints.js";
import { type Expected, expectRejection } from "../support/refusal.js";
import { bytesOf, fileOf } from "../support/tensor-file.js";

let own: Golden;

beforeAll(async () => {
  await init();
  own = await golden("hf_mamba_tiny");
});

const read = (files: unknown, weights?: string): Promise<unknown> =>
  MambaForCausalLM.fromPretrained(files as ReadonlyMap<string, Uint8Array>, weights === undefined ? {} : { weights: weights as "float16" });

const configured = (fields: object): Map<string, Uint8Array> => filesOf({ ...own, config: { ...own.config, ...fields } });
const weighted = (change: (weights: Golden["weights"]) => void): Map<string, Uint8Array> => {
  const weights = { ...own.weights };
  change(weights);
  return filesOf({ ...own, weights });
};
const changed = (name: string, change: (file: Uint8Array) => Uint8Array): Map<string, Uint8Array> => {
  const files = filesOf(own);
  return files.set(name, change(files.get(name)!));
};
const withValue = (value: number): Map<string, Uint8Array> =>
  weighted((weights) => {
    const data = Float32Array.from(weights["backbone.layers.1.mixer.in_proj.weight"]!.data);
    data[7] = value;
    weights["backbone.layers.1.mixer.in_proj.weight"] = { dims: [64, 16], data };
  });

const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
  ["no configuration", () => new Map(), /^config\.json is missing in the files given$/],
  ["a configuration that is no JSON", () => filesOf(own).set("config.json", textOf("{")), /^config\.json is no JSON/],
  ["one that is no object", () => filesOf(own).set("config.json", textOf("[1]")), /config\.json must hold an object, got \[1\]/],
  ["another architecture", () => configured({ model_type: "llama" }), /config\.json: `model_type` must be one of "mamba", "falcon_mamba", "mamba2", got "llama"/],
  ["none", () => configured({ model_type: undefined }), /`model_type` must be one of .*got nothing/],
  ["another activation", () => configured({ hidden_act: "gelu" }), /config\.json: `hidden_act` must be "silu", got "gelu"/],
  ["another class's model", () => configured({ model_type: "mamba2", num_heads: 4, head_dim: 8 }), /Mamba2 layers, which Mamba2ForCausalLM reads/],
  ["a size that is none", () => configured({ hidden_size: -1 }), /config\.json: `hidden_size` must be a whole number of at least 1, got -1/],
  ["a size of another type", () => configured({ vocab_size: "32" }), /`vocab_size` must be a whole number of at least 1, got "32"/],
  ["sizes that weights do not have", () => configured({ vocab_size: 33 }), /`backbone\.embeddings\.weight` is \[32, 16\], expected \[33, 16\]/],
  ["more memory than there is", () => configured({ vocab_size: 2 ** 40 }), /`backbone\.embeddings\.weight` is \[32, 16\], expected \[1099511627776, 16\]/],
  ["more layers than tensors", () => configured({ num_hidden_layers: 1e9 }), /config\.json has 1000000000 layers, more than the 23 tensors there are/],
  ["a layer more", () => configured({ num_hidden_layers: 3 }), /10 of 32 tensors are missing: backbone\.layers\.2\.norm\.weight/],
  ["a layer fewer", () => configured({ num_hidden_layers: 1 }), /model\.safetensors: `backbone\.layers\.1\.[\w.]+` is unexpected/],
  ["no weights", () => new Map([["config.json", textOf(JSON.stringify(own.config))]]), /has neither model\.safetensors nor model\.safetensors\.index\.json$/],
  ["weights of another time", () => new Map([["config.json", textOf(JSON.stringify(own.config))], ["pytorch_model.bin", new Uint8Array(9)]]), /pytorch_model\.bin is not read: save it as safetensors/],
  ["a tensor that is missing", () => weighted((weights) => delete weights["backbone.norm_f.weight"]), /1 of 22 tensors are missing: backbone\.norm_f\.weight/],
  ["one too many", () => weighted((weights) => (weights["backbone.extra"] = { dims: [1], data: Float32Array.of(0) })), /model\.safetensors: `backbone\.extra` is unexpected/],
  ["one under both names", () => weighted((weights) => (weights["backbone.embedding.weight"] = weights["backbone.embeddings.weight"]!)), /`backbone\.embeddings?\.weight` comes a second time/],
  ["another shape", () => weighted((weights) => (weights["backbone.norm_f.weight"] = { dims: [4, 4], data: new Float32Array(16) })), /`backbone\.norm_f\.weight` is \[4, 4\], expected \[16\]/],
  ["integers", () => filesOf(own).set("model.safetensors", fileOf({ "backbone.norm_f.weight": { dtype: "I32", shape: [16], data_offsets: [0, 64] } }, new Uint8Array(64))), /more than the 1 tensors/],
  ["a file cut short", () => changed("model.safetensors", (file) => file.subarray(0, file.length - 9)), /model\.safetensors: readTensorHeader: the tensors take \d+ bytes, the file has \d+ after its header/],
  ["less than a header", () => changed("model.safetensors", (file) => file.subarray(0, 5)), /model\.safetensors: .* 8 bytes, this one has 5 in all/],
  ["a header of gigabytes", () => filesOf(own).set("model.safetensors", fileOf("{}", new Uint8Array(), 2n ** 40n)), /model\.safetensors: .*its header should have 1099511627776 bytes, and 2 follow/],
  ["an overlap", () => filesOf(own).set("model.safetensors", fileOf({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8] }, b: { dtype: "F32", shape: [2], data_offsets: [4, 12] } }, new Uint8Array(12))), /model\.safetensors: readTensorHeader: `b` starts at byte 4 of the data, expected 8/],
  ["an overrun", () => filesOf(own).set("model.safetensors", fileOf({ a: { dtype: "F32", shape: [4], data_offsets: [0, 16] } }, new Uint8Array(8))), /the tensors take 16 bytes, the file has 8/],
  ["a weight that is no number", () => withValue(NaN), /model\.safetensors: `backbone\.layers\.1\.mixer\.in_proj\.weight` has NaN at 7 of 1024, expected finite/],
  ["an infinite one", () => withValue(-Infinity), /in_proj\.weight` has -Infinity at 7 of 1024/],
  ["an index that is none", () => filesOf(own).set("model.safetensors.index.json", textOf("{}")), /index\.json: `weight_map` must be an object of file names/],
  ["an index that leads elsewhere", () => filesOf(own).set("model.safetensors.index.json", textOf('{"weight_map":{"a":"../../secret.safetensors"}}')), /`a` must be in a \.safetensors file beside it, got "\.\.\/\.\.\/secret\.safetensors"/],
  ["a shard that is missing", () => { const files = filesOf(own, { shards: 3 }); files.delete("model-00002-of-00003.safetensors"); return files; }, /model-00002-of-00003\.safetensors is missing in the files given/],
  ["a file of another type", () => filesOf(own).set("config.json", "{}" as never), /`config\.json` must be a Uint8Array, got string/],
];

test.each(cases)("%s", async (_, files, sentence) => {
  const error = await expectRejection(read(files()));
  expect(error.message).toMatch(sentence);
  expect(["file", "dtype"]).toContain(error.code);
});

/** mamba_ssm's own configuration. */
const original = (fields: object, mixer?: unknown): Map<string, Uint8Array> =>
  filesOf({ ...own, config: { d_model: 16, n_layer: 2, vocab_size: 32, ssm_cfg: mixer ?? { d_state: 4 }, ...fields } });

test.each<[string, () => Map<string, Uint8Array>, RegExp]>([
  ["layers of another kind", () => original({}, { layer: "Mamba3" }), /config\.json: ssm_cfg: `layer` must be "Mamba1" or "Mamba2", got "Mamba3"/],
  ["another activation", () => original({}, { activation: "gelu" }), /config\.json: ssm_cfg: `activation` must be "silu", got "gelu"/],
  ["attention", () => original({ attn_layer_idx: [1] }), /`attn_layer_idx` must be \[\]: there is no attention, got \[1\]/],
  ["attention of no kind", () => original({ attn_layer_idx: 3 }), /`attn_layer_idx` must be \[\]: there is no attention, got 3/],
  ["other blocks", () => original({ d_intermediate: 64 }), /`d_intermediate` must be 0: there are no other blocks, got 64/],
  ["another norm", () => original({ rms_norm: false }), /`rms_norm` must be true, got false/],
  ["padding to nothing", () => original({ pad_vocab_size_multiple: 0 }), /`pad_vocab_size_multiple` must be a whole number of at least 1, got 0/],
  ["a list of layers' options", () => original({}, [1]), /`ssm_cfg` must be an object, got \[1\]/],
  ["no blocks", () => original({ n_layer: undefined }), /`n_layer` must be a whole number of at least 1, got nothing/],
])("mamba_ssm's configuration: %s", async (_, files, sentence) => {
  await expectRejection(read(files()), { code: "file", says: [sentence] });
});

test("a number too large for the format that is asked for is refused", async () => {
  const { message } = await expectRejection(read(withValue(70_000), "float16"), { code: "file" });
  expect(message).toMatch(/in_proj\.weight` in float16 has Infinity at 7 of 1024/);
  await expect(read(withValue(70_000), "bfloat16")).resolves.toBeInstanceOf(MambaForCausalLM);
});

test("words of 16 bits that are no numbers are refused as they stand", async () => {
  const file = tensorFile(own.weights, "BF16");
  const start = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
  file.set(bytesOf(Uint16Array.of(0x7fc0)), start);
  await expectRejection(read(filesOf(own).set("model.safetensors", file), "bfloat16"), { code: "file", says: [/has NaN at 0 of \d+/] });
  await expectRejection(read(filesOf(own).set("model.safetensors", file)), { code: "file", says: [/has NaN at 0 of \d+/] });
});

test("heads that do not fill the channels are told with all numbers", async () => {
  const second = await golden("hf_mamba2_tiny");
  const files = filesOf({ ...second, config: { ...second.config, num_heads: 5 } });
  await expectRejection(Mamba2ForCausalLM.fromPretrained(files), { code: "file", says: [/`num_heads` 5 of `head_dim` 8 are 40 channels, expected 32/] });
});

test.each<[string, unknown, unknown, Expected]>([
  ["no source", undefined, {}, { code: "option", names: "source" }],
  ["an empty path", "", {}, { code: "option", names: "source" }],
  ["another protocol", new URL("ftp://example.org/model"), {}, { code: "option", says: [/"ftp:"/] }],
  ["another format", new Map(), { weights: "int8" }, { code: "option", names: "weights" }],
  ["an unknown option", new Map(), { device: "cpu" }, { code: "option", names: "device" }],
])("%s is refused", async (_, source, options, expected) => {
  await expectRejection(MambaForCausalLM.fromPretrained(source as string, options as object), expected);
});

test("an address is fetched with what is given, file by file, and nothing else is", async () => {
  const files = filesOf(own);
  const asked: string[] = [];
  const fetch = (url: unknown): Promise<Response> => {
    asked.push(String(url));
    const bytes = files.get(String(url).split("/").at(-1)!);
    return Promise.resolve(bytes === undefined ? new Response("", { status: 404 }) : new Response(bytes as Uint8Array<ArrayBuffer>));
  };
  await MambaForCausalLM.fromPretrained("https://example.org/some/model/", { fetch });
  const whole = asked.filter((url) => url.endsWith("/model.safetensors"));
  expect(new Set(asked.map((url) => url.replace(/[^/]*$/, "")))).toEqual(new Set(["https://example.org/some/model/"]));
  expect(whole).toHaveLength(1);
  const broken = () => Promise.resolve(new Response("", { status: 500, statusText: "Broken" }));
  await expectRejection(MambaForCausalLM.fromPretrained(new URL("https://example.org/m"), { fetch: broken }), { code: "file", says: [/https:\/\/example\.org\/m\/config\.json: the answer is 500 Broken/] });
  const absent = () => Promise.reject(new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED 127.0.0.1:9") }));
  await expectRejection(MambaForCausalLM.fromPretrained(new URL("https://example.org/m"), { fetch: absent }), { code: "file", says: [/config\.json: fetch failed: connect ECONNREFUSED/] });
});
