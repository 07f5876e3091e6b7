// The command `bench`: everyone at every workload, checked, then timed.
import { type Backend, loadBackend, ScanError } from "../index.js";
import { type BenchOptions, UsageError } from "./arguments.js";
import { asJson, asTable, failures } from "./bench-report.js";
import { turn, whenInterrupted } from "./interrupt.js";
import { type Attempt, tryBackends } from "./loading.js";
import { machine } from "./machine.js";
import { type Bench, measure, type Row } from "./measure.js";
import { pixels } from "./pixels.js";
import { Progress } from "./progress.js";
import type { Patience } from "./timing.js";
import type { Workload } from "./workload.js";
import { workloads } from "./workloads.js";

const patience: Patience = { rounds: 11, most: 51, milliseconds: 2000 };

/** Prints what was found; returns the exit code: 1 where a result is wrong. */
export async function bench(options: BenchOptions): Promise<number> {
  const chosen = choose(options.filter);
  const attempts = await attemptsAt(options);
  const backends = loaded(attempts);
  const { source, values } = pixels(Math.max(...chosen.map((workload) => workload.pixels)));
  const rows = await measureAll(chosen, values, { backends, patience });
  const report = { machine: machine(), attempts, input: source, rows };
  console.log(options.json ? asJson(report) : asTable(report));
  const wrong = failures(rows);
  for (const sentence of wrong) console.error(`WRONG: ${sentence}`);
  return wrong.length > 0 ? 1 : 0;
}

function choose(filter: string): readonly Workload[] {
  const chosen = workloads.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()));
  if (chosen.length > 0) return chosen;
  throw new UsageError(`no workload's name contains "${filter}", there are: ${workloads.map(({ name }) => name).join("; ")}`);
}

/** One backend by name has to load; of all, those that can. */
async function attemptsAt({ backend: name, threads }: BenchOptions): Promise<Attempt[]> {
  const options = threads === undefined ? {} : { threads };
  return name === "all" ? tryBackends(options) : [{ name, backend: await loadBackend(name, options) }];
}

function loaded(attempts: readonly Attempt[]): readonly Backend[] {
  const backends = attempts.flatMap((attempt) => ("backend" in attempt ? [attempt.backend] : []));
  if (backends.length > 0) return backends;
  const reasons = attempts.flatMap((attempt) => ("absent" in attempt ? [`${attempt.name}: ${attempt.absent[0]}`, ...attempt.absent.slice(1)] : []));
  throw new ScanError("backend", ["no backend could be loaded", ...reasons].join("\n  "));
}

async function measureAll(chosen: readonly Workload[], values: Float32Array, bench: Omit<Bench, "pause">): Promise<Row[]> {
  const progress = new Progress(process.stderr);
  const done = whenInterrupted(() => progress.end());
  const rows: Row[] = [];
  for (const [i, workload] of chosen.entries()) {
    const stage = `[${i + 1}/${chosen.length}] ${workload.name}`;
    progress.stage(stage);
    await turn();
    let round = 0;
    const pause = (): Promise<void> => {
      progress.step(`${stage}: round ${++round}`);
      return turn();
    };
    rows.push(...(await measure(workload, values.subarray(0, workload.pixels), { ...bench, pause })));
  }
  done();
  progress.end();
  return rows;
}
