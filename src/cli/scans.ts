// The three scans over streams of joined digits.
import { complexScan, type Dims, linearScan, type MatrixDims, matrixScan } from "../index.js";
import { type Scan, ScanWorkload } from "./scan-workload.js";
import { serialComplex, serialLinear, serialMatrix } from "./serial.js";
import type { Workload } from "./workload.js";

const dims: Dims = { batch: 1, length: 65_536, channels: 64 };
const matrixDims: MatrixDims = { batch: 1, length: 262_144, n: 4 };
const { length, channels } = dims;
const { n } = matrixDims;

const pair = <T>([re, im]: readonly T[]): { re: T; im: T } => ({ re: re!, im: im! });

/** Leaky integrators of 64 streams; what a pixel is decides how much is forgotten. */
const linear: Scan = {
  name: `linearScan [1, ${length}, ${channels}]`,
  pixels: length * channels,
  stateSize: channels,
  inputs(pixels) {
    const u = streams(pixels, channels);
    const a = u.map((pixel, i) => Math.exp(-rate(i % channels) * (1 + pixel)));
    const b = u.map((pixel, i) => (1 - a[i]!) * pixel);
    return { a: [a], b: [b] };
  },
  serial: ({ a: [a], b: [b], state: [state], h: [h] }) => serialLinear(dims, a!, b!, state!, h!),
  call: ({ a: [a], b: [b], h: [h], state: [state] }) => void linearScan({ a: a!, b: b! }, dims, { out: { h: h!, state: state! } }),
};

/** The same with poles that turn as they decay. */
const complex: Scan = {
  name: `complexScan [1, ${length}, ${channels}]`,
  pixels: length * channels,
  stateSize: channels,
  inputs(pixels) {
    const u = streams(pixels, channels);
    const decay = u.map((pixel, i) => Math.exp(-rate(i % channels) * (1 + pixel)));
    const angle = u.map((pixel, i) => 0.05 * (i % channels) * (1 + pixel));
    const re = decay.map((size, i) => size * Math.cos(angle[i]!));
    const im = decay.map((size, i) => size * Math.sin(angle[i]!));
    return { a: [re, im], b: [u.map((pixel, i) => (1 - re[i]!) * pixel), u.map((pixel, i) => -im[i]! * pixel)] };
  },
  serial: ({ a, b, state, h }) => serialComplex(dims, pair(a), pair(b), pair(state), pair(h)),
  call: ({ a, b, h, state }) => void complexScan({ a: pair(a), b: pair(b) }, dims, { out: { h: pair(h), state: pair(state) } }),
};

/** The delta rule, `h = (I - v v') h + v x` for a unit vector v of 4 pixels, with a little forgetting. */
const matrix: Scan = {
  name: `matrixScan [1, ${matrixDims.length}, ${n}]`,
  pixels: matrixDims.length * n,
  stateSize: n,
  inputs(pixels) {
    const v = streams(pixels, n);
    const A = new Float32Array(v.length * n);
    const b = new Float32Array(v.length);
    for (let t = 0; t < matrixDims.length; t++) {
      const row = v.subarray(t * n, (t + 1) * n);
      const norm = Math.hypot(...row) || 1;
      for (let i = 0; i < n; i++) {
        b[t * n + i] = (row[i]! / norm) * row[(i + 1) % n]!;
        for (let j = 0; j < n; j++) A[(t * n + i) * n + j] = 0.999 * ((i === j ? 1 : 0) - (row[i]! / norm) * (row[j]! / norm));
      }
    }
    return { a: [A], b: [b] };
  },
  serial: ({ a: [A], b: [b], state: [state], h: [h] }) => serialMatrix(matrixDims, A!, b!, state!, h!),
  call: ({ a: [A], b: [b], h: [h], state: [state] }) => void matrixScan({ A: A!, b: b! }, matrixDims, { out: { h: h!, state: state! } }),
};

export const scanWorkloads: readonly Workload[] = [linear, complex, matrix].map((scan) => new ScanWorkload(scan));

/** Pixels cut into so many streams, [time, stream]. */
function streams(pixels: Float32Array, count: number): Float32Array {
  const steps = pixels.length / count;
  return new Float32Array(pixels.length).map((_, i) => pixels[(i % count) * steps + Math.floor(i / count)]!);
}

/** Memories from 10 to 1000 steps. */
function rate(channel: number): number {
  return 0.1 * 0.01 ** (channel / channels);
}
