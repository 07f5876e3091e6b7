// A case of the bench: its inputs and its truth, read from the files that the bench wrote.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";

/** A case that a contestant does not do; the message says why. */
export class Unsupported extends Error {}

const INPUTS = {
  linear: ["a", "b"],
  complex: ["a.re", "a.im", "b.re", "b.im"],
  matrix: ["a", "b"],
  ssm: ["a.re", "a.im", "b.re", "b.im", "c.re", "c.im", "u"],
  selective: ["u", "dt", "A", "B", "C", "D", "z", "dtBias"],
};
const TRUTHS = { linear: ["h"], complex: ["h.re", "h.im"], matrix: ["h"], ssm: ["y"], selective: ["y"] };

/** The kind of array of a case. */
export const kindOf = ({ dtype }) => (dtype === "float64" ? Float64Array : Float32Array);

/** The elements of an output of a case. */
export const sizeOf = ({ operator, batch = 1, length, channels = 1, n }) =>
  batch * length * (operator === "matrix" ? n : channels);

/** The inputs by name; each is read when it is asked for. */
export function inputsOf(size, directory) {
  const suffix = size.dtype === "float64" ? "f64" : "f32";
  const inputs = {};
  for (const name of INPUTS[size.operator]) {
    Object.defineProperty(inputs, name, {
      enumerable: true,
      get: () => read(join(directory, `${name}.${suffix}`), kindOf(size)),
    });
  }
  return inputs;
}

/** The largest difference of the results from the truth, over the largest truth. */
export function errorOf({ operator }, results, directory) {
  let [difference, most] = [0, 0];
  for (const [i, name] of TRUTHS[operator].entries()) {
    const truth = read(join(directory, `truth.${name}.f64`), Float64Array);
    const result = results[i];
    if (result.length !== truth.length) {
      throw new Error(`\`${name}\` has ${result.length} elements, expected ${truth.length}`);
    }
    for (let k = 0; k < truth.length; k++) {
      if (!Number.isFinite(result[k])) throw new Error(`\`${name}\` is not finite everywhere`);
      difference = Math.max(difference, Math.abs(result[k] - truth[k]));
      most = Math.max(most, Math.abs(truth[k]));
    }
  }
  return difference / (most || 1);
}

/** A file as an array of its own, in pieces: one read takes 2 GiB at most. */
function read(path, Kind) {
  const file = openSync(path);
  try {
    const bytes = new Uint8Array(fstatSync(file).size);
    for (let at = 0; at < bytes.length; ) {
      const count = readSync(file, bytes, at, Math.min(bytes.length - at, 2 ** 30), at);
      if (count === 0) throw new Error(`${path} ends early`);
      at += count;
    }
    return new Kind(bytes.buffer);
  } finally {
    closeSync(file);
  }
}

/** `values`, [batch, length, ...], with `padding` after each sequence up to a power of two. */
export function padded(values, { batch = 1, length }, padding) {
  const to = 2 ** Math.ceil(Math.log2(length));
  const row = values.length / batch;
  const all = new values.constructor((row / length) * to * batch).fill(padding);
  for (let n = 0; n < batch; n++) all.set(values.subarray(n * row, (n + 1) * row), n * (row / length) * to);
  return { length: to, values: all };
}

/** The reverse of `padded`, for a result. */
export function unpadded(values, { batch = 1, length, channels }) {
  const row = values.length / batch;
  const h = new values.constructor(batch * length * channels);
  for (let n = 0; n < batch; n++) h.set(values.subarray(n * row, n * row + length * channels), n * length * channels);
  return h;
}
