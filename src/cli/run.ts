// The command `run`: a saved layer over an input of any length.
import { readFileSync } from "node:fs";
import { ClassificationModel, currentBackend, type Dtype, type Layer, loadLayer, NpyReader, NpyWriter, type Real, type RowReader, ScanError, WavReader } from "../index.js";
import type { RunOptions } from "./arguments.js";
import { about, DiskSink, DiskSource } from "./disk-files.js";
import { turn, whenInterrupted } from "./interrupt.js";
import { bar, Progress } from "./progress.js";

/** Elements of the input in a piece, where nothing else is said. */
const PIECE = 2 ** 20;

/** The input's sequences: those of [length, dModel] are one. */
interface Sequences {
  batch: number;
  length: number;
}

/** Prints what was made; returns the exit code. */
export async function run({ model, input, output, chunk }: RunOptions): Promise<number> {
  const began = performance.now();
  const layer = about(model, () => loadLayer(readFileSync(model)));
  const source = about(input, () => new DiskSource(input));
  try {
    const reader = about(input, () => readerOf(source));
    const dims = about(input, () => sequencesOf(reader, layer));
    const steps = isCausal(layer) ? (chunk ?? Math.max(1, Math.floor(PIECE / Math.max(1, dims.batch * inputsOf(layer))))) : Math.max(1, dims.length);
    const { shape, dtype, pieces } = await write(output, new Pieces(layer, reader, dims), steps);
    const seconds = (performance.now() - began) / 1000;
    console.log(`${output}: [${shape.join(", ")}] ${dtype}, in ${pieces} ${pieces === 1 ? "piece" : "pieces"}, ${seconds.toFixed(1)} s on ${currentBackend().name}`);
    return 0;
  } finally {
    source.close();
  }
}

/** An npy or a wav file, told by its first bytes. */
function readerOf(source: DiskSource): RowReader {
  const magic = String.fromCharCode(...source.read(0, Math.min(source.bytes, 6)));
  if (magic.startsWith("RIFF")) return new WavReader(source);
  if (magic === "\x93NUMPY") return new NpyReader(source);
  throw new ScanError("file", "neither an npy file nor a wav file");
}

/** Features of a layer's input. */
const inputsOf = ({ dModel, dInput = dModel }: Layer): number => dInput;

function sequencesOf({ shape }: RowReader, layer: Layer): Sequences {
  const features = inputsOf(layer);
  const [length, batch = 1] = shape.slice(0, -1).reverse();
  if (length === undefined || shape.length > 3 || shape.at(-1) !== features) {
    throw new ScanError("shape", `the input is [${shape.join(", ")}], expected [length, ${features}] or [batch, length, ${features}]`);
  }
  return { batch, length };
}

/** Whether pieces can be joined by the layer's state. */
function isCausal(layer: Layer): boolean {
  try {
    layer.initialState(1);
    return true;
  } catch (error) {
    if (error instanceof ScanError && error.code === "unsupported") return false;
    throw error;
  }
}

/** The layer's output, a stretch of time after another. */
class Pieces {
  readonly #layer: Layer;
  readonly #reader: RowReader;
  readonly dims: Sequences;
  readonly dtype: Dtype;
  readonly features: number;
  /** Whether there is one output for a sequence, and not one for each of its steps. */
  readonly isPooled: boolean;
  #state: Record<string, Real> | undefined;

  constructor(layer: Layer, reader: RowReader, dims: Sequences) {
    this.#layer = layer;
    this.#reader = reader;
    this.dims = dims;
    this.dtype = layer.options?.dtype ?? "float32";
    this.features = layer.dOutput ?? layer.dModel;
    this.isPooled = layer instanceof ClassificationModel && layer.options.mode !== "none";
  }

  /** Of `steps` steps from `first` on, for all sequences: [batch, steps, features]. */
  next(first: number, steps: number): Real {
    const { batch, length } = this.dims;
    const size = steps * inputsOf(this.#layer);
    const u = this.dtype === "float64" ? new Float64Array(batch * size) : new Float32Array(batch * size);
    for (let n = 0; n < batch; n++) u.set(this.#reader.read(n * length + first, steps), n * size);
    const { y, state } = this.#layer.forward(u, { batch, length: steps }, this.#state && { state: this.#state });
    if (steps < length) this.#state = state;
    return y;
  }

  /** The output's axes. */
  get shape(): number[] {
    const axes = this.#reader.shape.slice(0, -1);
    return [...(this.isPooled ? axes.slice(0, -1) : axes), this.features];
  }
}

/** Writes all pieces of at most `steps` steps into the file at `path`. */
async function write(path: string, source: Pieces, steps: number): Promise<{ shape: number[]; dtype: Dtype; pieces: number }> {
  const { dims, dtype, features, isPooled, shape } = source;
  const sink = about(path, () => new DiskSink(path));
  const progress = new Progress(process.stderr);
  const done = whenInterrupted(() => {
    progress.end();
    sink.discard();
  });
  try {
    const writer = new NpyWriter(sink, dtype);
    let pieces = 0;
    progress.stage(bar(0, dims.length, "steps"));
    for (let first = 0; first < dims.length && dims.batch > 0; first += steps, pieces++) {
      await turn();
      const count = Math.min(steps, dims.length - first);
      const y = source.next(first, count);
      // What was pooled up to a piece is in the last one's output.
      const [start, length, own] = isPooled ? [0, 1, 1] : [first, dims.length, count];
      const width = own * features;
      for (let n = 0; n < dims.batch; n++) {
        about(path, () => writer.put((n * length + start) * features, y.subarray(n * width, (n + 1) * width)));
      }
      progress.step(bar(first + count, dims.length, "steps"));
    }
    about(path, () => {
      writer.end(shape);
      sink.finish();
    });
    return { shape, dtype, pieces };
  } catch (error) {
    sink.discard();
    throw error;
  } finally {
    progress.end();
    done();
  }
}
