// How far the bench is, on stderr: one line that changes on a terminal, elsewhere a line for every case.
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #changes: boolean;
  #stage = "";

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#changes = stream.isTTY && process.env["TERM"] !== "dumb";
  }

  readonly stage = (text: string): void => {
    this.#stage = text;
    if (this.#changes) this.#replace(text);
    else this.#stream.write(`${text}\n`);
  };

  readonly step = (text: string): void => {
    if (this.#changes) this.#replace(`${this.#stage}: ${text}`);
  };

  /** Takes the line away. */
  end(): void {
    if (this.#changes) this.#replace("");
  }

  #replace(text: string): void {
    this.#stream.write(`\r\u001b[2K${text.slice(0, (this.#stream.columns || 80) - 1)}`);
  }
}
