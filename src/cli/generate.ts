// The command `generate`: a text continued by a language model, as it comes.
import { currentBackend, loadCausalLM, loadTokenizer, ScanError, TextStream } from "../index.js";
import type { GenerateRequest } from "./arguments.js";
import { whenInterrupted } from "./interrupt.js";

/** Prints the text, and on stderr how fast it came; returns the exit code. */
export async function generate({ model: source, prompt, weights, sampling }: GenerateRequest): Promise<number> {
  const tokenizer = await loadTokenizer(source);
  const model = await loadCausalLM(source, { weights });
  const tokens = tokenizer.encode(prompt);
  const { vocabSize } = model.options;
  const largest = tokens.reduce((most, token) => Math.max(most, token), 0);
  if (largest >= vocabSize) throw new ScanError("file", `${source}: the tokenizer makes token ${largest}, the model has ${vocabSize}`);
  const stream = new TextStream(tokenizer);
  const pace = new Pace(tokens.length);
  const done = whenInterrupted(() => { process.stdout.write(`${stream.end()}\n`, () => {}); console.error(pace.text()); });
  try {
    for await (const token of model.generate(tokens, { ...sampling, stop: model.endTokens })) {
      pace.token();
      process.stdout.write(stream.push(token));
    }
    process.stdout.write(`${stream.end()}\n`);
    console.error(pace.text());
    return 0;
  } finally {
    done();
  }
}

/** How fast tokens come: those of the prompt until the first one, and the others one by one. */
class Pace {
  readonly #prompt: number;
  readonly #began = performance.now();
  #first = 0;
  #last = 0;
  #count = 0;

  constructor(prompt: number) {
    this.#prompt = prompt;
  }

  token(): void {
    this.#last = performance.now();
    if (this.#count++ === 0) this.#first = this.#last;
  }

  text(): string {
    const rate = (count: number, time: number) => `${((1000 * count) / Math.max(time, 0.01)).toFixed(1)} tokens/s`;
    const prompt = `prompt: ${this.#prompt} tokens${this.#count === 0 ? "" : `, ${rate(this.#prompt, this.#first - this.#began)}`}`;
    const text = `text: ${this.#count} tokens${this.#count < 2 ? "" : `, ${rate(this.#count - 1, this.#last - this.#first)}`}`;
    return `${prompt}; ${text}; on ${currentBackend().name}`;
  }
}
