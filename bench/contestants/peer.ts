// Contestants in a process of their own, which is started again where it fails.
import type { Data } from "../cases/data.js";
import type { Problem } from "../cases/problem.js";
import type { Absence, Contestant, Part, Prepared } from "./contestant.js";
import { type Command, Process, ProcessFailure } from "./process.js";

/** A process of contestants, and how to talk to it. */
export interface PeerSpec {
  name: string;
  command: Command;
  /** Why it cannot be started, with what would help; undefined where it can. */
  absence?: Absence;
  /** Whether a contestant is wanted. */
  wants: (contestant: string) => boolean;
  partOf: (contestant: string) => Part;
  /** What a contestant is told of a problem, undefined where it is not for it; the problem itself if left out. */
  told?: (contestant: string, problem: Problem) => Problem | undefined;
  /** What gets the contestants that it calls absent, where it does not say that itself. */
  remedy: string;
  patience?: Patience;
}

/** How long an answer may take, in milliseconds. */
export interface Patience {
  hello: number;
  /** Compilers are slow. */
  prepare: number;
  time: number;
}

const usual: Patience = { hello: 120_000, prepare: 180_000, time: 60_000 };

/** A process that fails more often is left alone. */
const MOST_STARTS = 6;

/** Who a process brings. */
export interface Introduction {
  contestants: Contestant[];
  absent: Absence[];
  versions: Record<string, string>;
}

export class Peer {
  readonly spec: PeerSpec;
  readonly patience: Patience;
  #process: Process | undefined;
  #starts = 0;

  constructor(spec: PeerSpec) {
    this.spec = spec;
    this.patience = spec.patience ?? usual;
  }

  async introduction(): Promise<Introduction> {
    const { name, absence, remedy, wants } = this.spec;
    if (absence) return { contestants: [], absent: [absence], versions: {} };
    try {
      const { contestants, absent = [], versions = {} } = (await this.current().ask({ hello: {} }, this.patience.hello)) as unknown as Hello;
      return {
        contestants: contestants.filter((contestant) => wants(contestant.name)).map(({ name, threads }) => new Remote(this, name, threads)),
        absent: absent.filter((absence) => wants(absence.name)).map((absence) => ({ remedy, ...absence })),
        versions,
      };
    } catch (cause) {
      if (!(cause instanceof ProcessFailure) && !(cause instanceof TypeError)) throw cause;
      const what = cause instanceof ProcessFailure ? `its process ${cause.message}` : "its answer to hello names no contestants";
      return { contestants: [], absent: [{ name, cause: what, remedy }], versions: {} };
    }
  }

  /** The process, started (again) where there is none that can be asked. */
  current(): Process {
    if (this.#process && !this.#process.failure) return this.#process;
    if (this.#starts++ >= MOST_STARTS) throw new ProcessFailure(`failed ${MOST_STARTS} times`);
    return (this.#process = new Process(this.spec.command));
  }

  async end(): Promise<void> {
    await this.#process?.end();
  }
}

interface Hello {
  contestants: { name: string; threads: number | "all" }[];
  absent?: Absence[];
  versions?: Record<string, string>;
}

class Remote implements Contestant {
  readonly name: string;
  readonly part: Part;
  readonly threads: number | "all";
  readonly #peer: Peer;
  /** Where a case is prepared. */
  #process: Process | undefined;
  /** How it ended its process: that is not risked again. */
  #culprit: string | undefined;

  constructor(peer: Peer, name: string, threads: number | "all") {
    this.#peer = peer;
    this.name = name;
    this.threads = threads;
    this.part = peer.spec.partOf(name);
  }

  get ready(): boolean {
    return this.#process !== undefined && this.#process.failure === undefined;
  }

  async prepare(problem: Problem, { directory }: Data): Promise<Prepared> {
    const { told } = this.#peer.spec;
    const asked = told ? told(this.name, problem) : problem;
    if (asked === undefined) return { unsupported: "not for such problems" };
    if (this.#culprit) return { failed: `left out, because before ${this.#culprit}` };
    try {
      const process = this.#peer.current();
      const answer = await this.#ask(process, { prepare: { contestant: this.name, case: asked, directory } }, this.#peer.patience.prepare);
      if (typeof answer["unsupported"] === "string") return { unsupported: answer["unsupported"] };
      if (!("error" in answer)) return { failed: String(answer["failed"] ?? `answered ${JSON.stringify(answer)}`) };
      this.#process = process;
      // Infinity and NaN have no name in JSON.
      return { error: typeof answer["error"] === "number" ? answer["error"] : Infinity };
    } catch (cause) {
      if (!(cause instanceof ProcessFailure)) throw cause;
      return { failed: cause.message };
    }
  }

  async time(calls: number): Promise<number> {
    if (!this.#process) throw new ProcessFailure("nothing is prepared");
    const answer = await this.#ask(this.#process, { time: { contestant: this.name, ...(calls > 1 && { runs: calls }) } }, this.#peer.patience.time);
    const { milliseconds } = answer;
    if (typeof milliseconds !== "number") throw new ProcessFailure(String(answer["failed"] ?? `answered ${JSON.stringify(answer)}`));
    return milliseconds;
  }

  async drop(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined || process.failure) return;
    await process.ask({ drop: { contestant: this.name } }, this.#peer.patience.time).catch(() => {}); // who is gone has forgotten
  }

  async #ask(process: Process, request: object, milliseconds: number): Promise<Record<string, unknown>> {
    const alive = process.failure === undefined;
    try {
      return await process.ask(request, milliseconds);
    } catch (cause) {
      const failure = new ProcessFailure(`its process ${(cause as Error).message}`);
      if (alive) this.#culprit = failure.message;
      throw failure;
    }
  }
}
