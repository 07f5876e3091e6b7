// Text as tokens, and back.
import { ScanError } from "../error.js";
import { checkpointFiles, type CheckpointSource, jsonOf } from "../io/checkpoint-files.js";
import { checkOptions } from "../options.js";

/** Text as tokens, and back. */
export interface Tokenizer {
  encode(text: string): Int32Array;
  /** Without tokens that stand for no text, such as that of its end. */
  decode(tokens: ArrayLike<number>): string;
}

/** Bytes of UTF-8 as tokens: of models without a tokenizer. Decoding leaves out tokens from 256 on. */
export const byteTokenizer: Tokenizer = {
  encode: (text) => Int32Array.from(new TextEncoder().encode(text)),
  decode: (tokens) => new TextDecoder().decode(Uint8Array.from(Array.from(tokens).filter((token) => token >= 0 && token < 256))),
};

/** The package that reads tokenizer.json. */
const PACKAGE = "@huggingface/tokenizers";

/**
 * The tokenizer of a checkpoint (a folder, an address or a Map of files, as in {@link MambaForCausalLM.fromPretrained}):
 * that of `tokenizer.json`, by the package `@huggingface/tokenizers`, which has to be installed then; without such a file
 * {@link byteTokenizer}.
 */
export async function loadTokenizer(source: CheckpointSource, options?: { fetch?: typeof fetch }): Promise<Tokenizer> {
  const { fetch: fetcher } = checkOptions("loadTokenizer", options, { fetch: (value) => (typeof value === "function" ? undefined : "a function") });
  const files = checkpointFiles("loadTokenizer", source, fetcher);
  const json = await jsonOf(files, "tokenizer.json");
  if (json === undefined) return byteTokenizer;
  const config = (await jsonOf(files, "tokenizer_config.json")) ?? {};
  const { Tokenizer: Loaded } = await loaded();
  try {
    const tokenizer = new Loaded(json, config);
    return {
      encode: (text) => Int32Array.from(tokenizer.encode(text).ids),
      decode: (tokens) => (tokens.length === 0 ? "" : tokenizer.decode(Array.from(tokens), { skip_special_tokens: true, clean_up_tokenization_spaces: false })),
    };
  } catch (cause) {
    throw new ScanError("file", `tokenizer.json in ${files.place} is not read by ${PACKAGE}: ${(cause as Error).message}`, { cause });
  }
}

async function loaded(): Promise<typeof import("@huggingface/tokenizers")> {
  try {
    return await import("@huggingface/tokenizers");
  } catch (cause) {
    throw new ScanError("unsupported", `tokenizer.json needs the package ${PACKAGE}, which is not installed: npm install ${PACKAGE}`, { cause });
  }
}

/** Text of tokens that come one by one: a character of several tokens comes when it is whole. */
export class TextStream {
  readonly #tokenizer: Tokenizer;
  #tokens: number[] = [];
  /** Tokens whose text has come already; they are decoded again, because spaces depend on what stands before. */
  #come = 0;

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** The text that is new with this token; may be empty. */
  push(token: number): string {
    this.#tokens.push(token);
    const text = this.#new();
    if (text === "" || text.endsWith("\uFFFD")) return "";
    this.#tokens = this.#tokens.slice(this.#come);
    this.#come = this.#tokens.length;
    return text;
  }

  /** What was kept back. */
  end(): string {
    const text = this.#new();
    [this.#tokens, this.#come] = [[], 0];
    return text;
  }

  #new(): string {
    const before = this.#tokenizer.decode(this.#tokens.slice(0, this.#come));
    return this.#tokenizer.decode(this.#tokens).slice(before.length);
  }
}
