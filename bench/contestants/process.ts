// Another process that speaks the protocol: one JSON object a line, each request answered in order.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** How a process is started. */
export interface Command {
  program: string;
  args: readonly string[];
}

/** A process that has ended, hangs or talks nonsense. */
export class ProcessFailure extends Error {
  override readonly name = "ProcessFailure";
}

interface Pending {
  resolve: (answer: Record<string, unknown>) => void;
  reject: (failure: ProcessFailure) => void;
  deadline: NodeJS.Timeout;
}

/** Of what a process says on stderr, its end explains why it failed. */
const KEPT = 4000;

const GRACE_MS = 3000;

export class Process {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #pending: Pending[] = [];
  readonly #closed: Promise<unknown>;
  #failure: ProcessFailure | undefined;
  #said = "";

  constructor({ program, args }: Command) {
    // Its own group: what it starts itself is ended with it, and a terminal's interrupt is left to this process.
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], detached: process.platform !== "win32" });
    this.#closed = once(this.#child, "close").catch(() => {}).finally(() => process.off("exit", this.#kill));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#said = (this.#said + text).slice(-KEPT)));
    this.#child.stdin.on("error", () => {}); // it has ended, which "close" tells better
    this.#child.on("error", (cause) => this.#fail(`could not be started: ${cause.message}`));
    this.#child.on("close", (code, signal) => this.#fail(`ended ${signal === null ? `with code ${code}` : `by ${signal}`}${this.#lastWords()}`));
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#answer(line));
    process.once("exit", this.#kill);
  }

  /** Why it can no longer be asked; undefined while it can. */
  get failure(): ProcessFailure | undefined {
    return this.#failure;
  }

  /** Sends a request; a process that does not answer in time is ended. */
  ask(request: object, milliseconds: number): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return void reject(this.#failure);
      const deadline = setTimeout(() => this.#fail(`gave no answer in ${Math.round(milliseconds / 1000)} s${this.#lastWords()}`), milliseconds);
      this.#pending.push({ resolve, reject, deadline });
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }

  /** Lets it end, and ends it where it does not. */
  async end(): Promise<void> {
    this.#failure ??= new ProcessFailure("was ended");
    this.#child.stdin.end();
    const late = setTimeout(this.#kill, GRACE_MS);
    await this.#closed;
    clearTimeout(late);
    this.#kill(); // what it may have left behind
  }

  #answer(line: string): void {
    const answer = parsed(line);
    if (answer === undefined || this.#pending.length === 0) {
      return this.#fail(`printed ${JSON.stringify(line.slice(0, 80))}, which is no answer`);
    }
    const { resolve, deadline } = this.#pending.shift()!;
    clearTimeout(deadline);
    resolve(answer);
  }

  #fail(how: string): void {
    this.#failure ??= new ProcessFailure(how);
    for (const { reject, deadline } of this.#pending.splice(0)) {
      clearTimeout(deadline);
      reject(this.#failure);
    }
    this.#kill();
  }

  readonly #kill = (): void => {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
    } catch {
      // It is gone.
    }
  };

  #lastWords(): string {
    const line = this.#said.trim().split("\n").at(-1);
    return line ? `: ${line}` : "";
  }
}

/** An object, or undefined where the line is none. */
function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
