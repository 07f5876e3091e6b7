// How far a long command is, on stderr.

/** One line that changes on a terminal, elsewhere a line for every stage. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #changes: boolean;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#changes = stream.isTTY && process.env["TERM"] !== "dumb";
  }

  /** Says what is being done now. */
  stage(text: string): void {
    if (this.#changes) this.#replace(text);
    else this.#stream.write(`${text}\n`);
  }

  /** Says so where the line can change. */
  step(text: string): void {
    if (this.#changes) this.#replace(text);
  }

  /** Says so in a line that stays. */
  line(text: string): void {
    this.end();
    this.#stream.write(`${text}\n`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#changes) this.#replace("");
  }

  #replace(text: string): void {
    this.#stream.write(`\r\u001b[2K${text.slice(0, (this.#stream.columns || 80) - 1)}`);
  }
}

/** How much of a whole is done, 20 characters and the numbers. */
export function bar(done: number, total: number, what: string): string {
  return `${share(done, total)}  ${done} of ${total} ${what}`;
}

/** The same without the numbers. */
export function share(done: number, total: number): string {
  const part = total === 0 ? 1 : done / total;
  const filled = Math.floor(20 * part);
  return `[${"#".repeat(filled)}${"-".repeat(20 - filled)}] ${String(Math.floor(100 * part)).padStart(3)} %`;
}
