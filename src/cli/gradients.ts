// The command `gradients`: how far gradients reach back in time, layer by layer, as they begin.
import { init } from "../index.js";
import { about, DiskSink } from "./disk-files.js";
import type { GradientsRequest } from "./gradients-arguments.js";
import { type Case, cases } from "./gradients/cases.js";
import { type Curve, distancesTo, measure, verdictOf } from "./gradients/measure.js";
import { letterOf, plot, svg } from "./gradients/plot.js";
import { turn, whenInterrupted } from "./interrupt.js";
import { Progress } from "./progress.js";
import { table } from "./table.js";

/** Distances for each factor of 10. */
const DENSE = 24;

type Measured = Case & Curve;

/** Prints what was found; returns the exit code. */
export async function gradients({ csv, svg: picture, ...request }: GradientsRequest): Promise<number> {
  await init();
  const files = [...opened(csv, asCsv), ...opened(picture, (found) => svg(found.map((each) => ({ ...each, name: nameOf(each) }))))];
  const progress = new Progress(process.stderr);
  const leave = (): void => {
    progress.end();
    for (const { sink } of files) sink.discard();
  };
  const done = whenInterrupted(leave);
  try {
    const found = await measured(request, progress);
    progress.end();
    console.log(asText(found, request.length));
    for (const { path, sink, text } of files) {
      about(path, () => {
        sink.write(0, new TextEncoder().encode(text(found)));
        sink.finish();
      });
      console.log(`\n${path}`);
    }
    return 0;
  } finally {
    done();
    leave();
  }
}

async function measured({ length, dModel, stateSize, seed, layer }: Omit<GradientsRequest, "csv" | "svg">, progress: Progress): Promise<Measured[]> {
  const asked = cases.filter((each) => layer === undefined || each.layer === layer);
  const distances = distancesTo(length, DENSE);
  const found: Measured[] = [];
  for (const [i, each] of asked.entries()) {
    progress.stage(`[${i + 1}/${asked.length}] ${nameOf(each)}`);
    await turn();
    found.push({ ...each, ...measure(each.make({ dModel, stateSize, seed }), length, distances, seed) });
  }
  return found;
}

/** A file to write, if any, opened before the work begins. */
function opened(path: string | undefined, text: (found: readonly Measured[]) => string): { path: string; sink: DiskSink; text: typeof text }[] {
  return path === undefined ? [] : [{ path, sink: about(path, () => new DiskSink(path)), text }];
}

const nameOf = ({ layer, begin }: Case): string => `${layer}, ${begin}`;

function asText(found: readonly Measured[], length: number): string {
  const columns = [1, 10, 100, 1000, 10_000].filter((distance) => distance < length - 1).concat(length - 1);
  const head = ["", "layer", "begins", ...columns.map((distance) => `at ${distance}`), "gradient"];
  const rows = found.map((each, k) => [letterOf(k), each.layer, each.begin, ...columns.map((distance) => each.norms[nearest(each, distance)]!.toExponential(1)), verdictOf(each)]);
  const sides = ["left", "left", "left", ...columns.map(() => "right" as const), "left"] as const;
  const why = table(found.map(({ why: reason }, k) => [letterOf(k), reason]), ["left", "left"]);
  return [table([head, ...rows], sides), "", plot(found), "", why, "", notes].join("\n");
}

const notes = `norm of the gradient of the last output with respect to the input so many steps before, float64;
vanishes, explodes: by a factor of 1000 from what there is at a distance of 10`;

const nearest = ({ distances }: Curve, distance: number): number =>
  distances.reduce((best, each, i) => (Math.abs(each - distance) < Math.abs(distances[best]! - distance) ? i : best), 0);

function asCsv(found: readonly Measured[]): string {
  const rows = found.flatMap((each) => each.distances.map((distance, i) => [each.layer, `"${each.begin}"`, distance, each.norms[i]].join(",")));
  return `${["layer,begins,distance,norm", ...rows].join("\n")}\n`;
}
