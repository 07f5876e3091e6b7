// The package in this process: its backends, and the copies that a WASM memory asks for.
import { type Backend, type BackendName, type InitOptions, type Input, loadBackend, type Resident, ScanError, useBackend } from "ssm-scan";
import type { Data } from "../cases/data.js";
import { errorOf } from "../cases/error.js";
import type { Planes, Real } from "../cases/inputs.js";
import { isLayer } from "../cases/layers/layers.js";
import { type Problem, sizeOf } from "../cases/problem.js";
import { type Absence, type Contestant, type Part, type Prepared, timed } from "./contestant.js";
import { callOf, outputLengths, type OutputLengths, type Outputs } from "./package-call.js";
import { layerCall } from "./package-layer.js";

/** Three contestants keep the arrays of a case in one WASM memory of 4 GiB. */
const MOST_WASM_BYTES = 1.2e9;

/** How arrays are passed. */
type Passing = "plain" | "resident";

/** What is ready to be timed. */
interface Ready {
  run: () => void;
  dispose?: () => void;
}

/** Shared by everyone in this process: runs one prepared case. */
abstract class InProcess implements Contestant {
  abstract readonly name: string;
  abstract readonly part: Part;
  abstract readonly threads: number | "all";
  protected readonly backend: Backend;
  #ready: Ready | undefined;

  constructor(backend: Backend) {
    this.backend = backend;
  }

  get ready(): boolean {
    return this.#ready !== undefined;
  }

  async prepare(problem: Problem, data: Data): Promise<Prepared> {
    await this.drop();
    if (this.backend.name === "wasm" && sizeOf(problem).bytes > MOST_WASM_BYTES) return { unsupported: "more than a WASM memory holds" };
    try {
      const started = await this.start(problem, data);
      if ("unsupported" in started) return started;
      this.#ready = started.ready;
      return { error: started.error };
    } catch (cause) {
      if (cause instanceof ScanError) return { failed: cause.message };
      throw cause;
    }
  }

  async time(calls: number): Promise<number> {
    useBackend(this.backend);
    return timed(this.#ready!.run, calls);
  }

  async drop(): Promise<void> {
    this.#ready?.dispose?.();
    this.#ready = undefined;
  }

  protected abstract start(problem: Problem, data: Data): Started | Promise<Started>;
}

type Started = { ready: Ready; error: number } | { unsupported: string };

const noCall = { unsupported: "no such call" } as const;

/** An operator by the public call, into arrays that are there already, or a layer or a model. */
class Call extends InProcess {
  readonly name: string;
  readonly part: Part;
  readonly threads: number | "all";
  readonly #passing: Passing;

  constructor(name: string, backend: Backend, threads: number | "all", passing: Passing) {
    super(backend);
    this.name = name;
    this.threads = threads;
    this.#passing = passing;
    this.part = passing === "resident" ? "kernel" : "call";
  }

  protected override async start(problem: Problem, data: Data): Promise<Started> {
    useBackend(this.backend);
    const lengths = outputLengths(problem);
    return lengths === undefined ? this.#layer(problem, data) : this.#operator(problem, data, lengths);
  }

  /** Layers and models take arrays as they are. */
  async #layer(problem: Problem, { inputs, truth }: Data): Promise<Started> {
    const { operator } = problem;
    if (!isLayer(operator) || this.#passing === "resident") return noCall;
    const { run, first } = await layerCall(operator, problem, inputs);
    return { ready: { run }, error: errorOf(first, truth) };
  }

  #operator(problem: Problem, { inputs, truth }: Data, lengths: OutputLengths): Started {
    const own: Input[] = [];
    const array = (length: number): Input => {
      const { backend } = this;
      const made = this.#passing === "resident" ? backend.resident(problem.dtype, length) : plain(problem, length);
      own.push(made);
      return made;
    };
    const arrays = (of: Record<string, number>): Planes<Input> => mapped(of, array);
    const taken = this.#passing === "resident" ? mapped(inputs, (plane) => filledWith(array(plane.length), plane)) : inputs;
    const outputs: Outputs = { result: arrays(lengths.result), state: arrays(lengths.state) };
    for (const plane of Object.values(outputs.result)) dataOf(plane).fill(NaN); // what is left unwritten shows
    const run = callOf(problem, taken, outputs);
    run();
    const dispose = (): void => own.forEach(give);
    return { ready: { run, dispose }, error: errorOf(mapped(outputs.result, dataOf), truth) };
  }
}

/** The copies around a call in WASM, without the call. */
class Copy extends InProcess {
  readonly name = "copy";
  readonly part = "copy";
  readonly threads = 1;

  protected override start(problem: Problem, { inputs }: Data): Started {
    const lengths = outputLengths(problem);
    if (lengths === undefined) return noCall;
    const there = (length: number): Resident => this.backend.resident(problem.dtype, length);
    const ins = Object.values(inputs).map((plane) => ({ plane, resident: there(plane.length) }));
    const outs = Object.values(lengths.result).map((length) => ({ plane: plain(problem, length), resident: there(length) }));
    const run = (): void => {
      for (const { plane, resident } of ins) resident.data.set(plane);
      for (const { plane, resident } of outs) plane.set(resident.data);
    };
    run();
    const dispose = (): void => [...ins, ...outs].forEach(({ resident }) => resident.dispose());
    return { ready: { run, dispose }, error: 0 };
  }
}

/** Everyone there is in this process, and who is not there. */
export async function packageContestants(): Promise<{ contestants: Contestant[]; absent: Absence[] }> {
  const absent: Absence[] = [];
  const load = async (name: BackendName, options: InitOptions): Promise<Backend[]> => {
    try {
      return [await loadBackend(name, options)];
    } catch (cause) {
      if (!(cause instanceof ScanError)) throw cause;
      absent.push({ name, cause: cause.message.replaceAll(/\s*\n\s*/g, "; "), remedy: "npm run build" });
      return [];
    }
  };
  const one = await load("native", { threads: 1 });
  const all = one.length > 0 ? await load("native", {}) : [];
  const wasm = await load("wasm", {});
  const contestants = [
    ...one.map((backend) => new Call("native 1T", backend, 1, "plain")),
    ...all.map((backend) => new Call("native allT", backend, "all", "plain")),
    ...wasm.flatMap((backend) => [new Call("wasm", backend, 1, "plain"), new Call("wasm resident", backend, 1, "resident"), new Copy(backend)]),
  ];
  return { contestants, absent };
}

function plain({ dtype }: Problem, length: number): Real {
  return dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
}

function dataOf(input: Input): Real {
  return ArrayBuffer.isView(input) ? input : input.data;
}

function filledWith(input: Input, plane: Real): Input {
  dataOf(input).set(plane);
  return input;
}

function give(input: Input): void {
  if (!ArrayBuffer.isView(input)) input.dispose();
}

function mapped<T, U>(planes: Planes<T>, change: (plane: T) => U): Planes<U> {
  return Object.fromEntries(Object.entries(planes).map(([name, plane]) => [name, change(plane)]));
}
