// The three scans in one form, so that a law is stated once: arrays are lists of planes.
import * as scan from "ssm-scan";
import { type Dims, type Input, type Real, type ScanOptions } from "ssm-scan";
import { complexScan } from "../reference/complex-scan.js";
import { linearScan } from "../reference/linear-scan.js";
import { matrixScan } from "../reference/matrix-scan.js";
import { type DefinitionOptions } from "../reference/time.js";
import { type Dtype } from "./precision.js";
import { type Random, uniform } from "./random.js";

export interface Inputs<T = Real> {
  a: T[];
  b: T[];
  state?: T[] | undefined;
}

/** With the state. */
export type Entered = Inputs & { state: Real[] };

export interface Result {
  h: Real[];
  state: Real[];
}

export interface Options extends ScanOptions {
  out?: { h?: Input[]; state?: Input[] };
}

/** What a sequence does to a state. */
export type Summary = Record<"a" | "b", Real[]>;

/** Gradients of the results. */
export interface Cotangents<T = Real> {
  h: T[];
  state?: T[] | undefined;
}

/** Gradients of what was given. */
export interface Gradients {
  a: Real[];
  b: Real[];
  state?: Real[];
}

export interface Scan {
  readonly name: string;
  /** 2 where numbers are complex. */
  readonly planes: 1 | 2;
  /** Elements of a row of `a`. */
  width(channels: number): number;
  /** Half the range of the elements of `a` that keep a scan from growing. */
  reach(channels: number): number;
  run(inputs: Inputs<Input>, dims: Dims, options?: Options): Result;
  define(inputs: Inputs, dims: Dims, options?: DefinitionOptions): Result;
  backward(inputs: Inputs<Input> & { h?: Input[] }, gradients: Cotangents<Input>, dims: Dims, options?: ScanOptions): Gradients;
  summarize(inputs: Summary, dims: Dims): Summary;
  combine(first: Summary, second: Summary, channels: number): Summary;
}

interface Pair<T> {
  re: T;
  im: T;
}
const pair = <T>([re, im]: T[]): Pair<T> => ({ re: re!, im: im! });
// A resident array goes wherever a typed array does; the types of the complex scan do not say so.
const complex = (planes: Input[]): Pair<Real> => pair(planes as Real[]);
const list = <T>({ re, im }: Pair<T>): T[] => [re, im];

/** The properties that are there, each by its own function. */
function optional<K extends string, V, W>(values: Partial<Record<K, V | undefined>>, change: (value: V) => W): Partial<Record<K, W>> {
  const present = Object.entries(values).filter(([, value]) => value !== undefined) as [K, V][];
  return Object.fromEntries(present.map(([key, value]) => [key, change(value)])) as Partial<Record<K, W>>;
}

const first = <T>(planes: T[]): T => planes[0]!;

function split({ out, ...options }: Options = {}): [ScanOptions, NonNullable<Options["out"]>] {
  return [options, out ?? {}];
}

export const linear: Scan = {
  name: "linearScan",
  planes: 1,
  width: (channels) => channels,
  reach: () => 1,
  run({ a, b, state }, dims, options) {
    const [rest, out] = split(options);
    const inputs = { a: first(a), b: first(b), ...optional({ state }, first) };
    const { h, state: last } = scan.linearScan<Real>(inputs, dims, { ...rest, out: optional(out, first) });
    return { h: [h], state: [last] };
  },
  define({ a, b, state }, dims, options) {
    const { h, state: last } = linearScan({ a: first(a), b: first(b), state: state?.[0] }, dims, options);
    return { h: [h], state: [last] };
  },
  backward({ a, b, state, h }, gradients, dims, options) {
    const inputs = { a: first(a), b: first(b), ...optional({ state, h }, first) };
    const given = { h: first(gradients.h), ...optional({ state: gradients.state }, first) };
    const { a: of, b: from, state: entering } = scan.linearScanBackward<Real>(inputs, given, dims, options);
    return { a: [of], b: [from], ...(entering && { state: [entering] }) };
  },
  summarize({ a, b }, dims) {
    const summary = scan.summarizeLinear<Real>({ a: first(a), b: first(b) }, dims);
    return { a: [summary.a], b: [summary.b] };
  },
  combine(x, y) {
    const { a, b } = scan.combineLinear<Real>({ a: first(x.a), b: first(x.b) }, { a: first(y.a), b: first(y.b) });
    return { a: [a], b: [b] };
  },
};

export const complexNumbers: Scan = {
  name: "complexScan",
  planes: 2,
  width: (channels) => channels,
  reach: () => Math.SQRT1_2,
  run({ a, b, state }, dims, options) {
    const [rest, out] = split(options);
    const inputs = { a: complex(a), b: complex(b), ...optional({ state }, complex) };
    const { h, state: last } = scan.complexScan<Real>(inputs, dims, { ...rest, out: optional(out, complex) });
    return { h: list(h), state: list(last) };
  },
  define({ a, b, state }, dims, options) {
    const { h, state: last } = complexScan({ a: pair(a), b: pair(b), state: state && pair(state) }, dims, options);
    return { h: list(h), state: list(last) };
  },
  backward({ a, b, state, h }, gradients, dims, options) {
    const inputs = { a: complex(a), b: complex(b), ...optional({ state, h }, complex) };
    const given = { h: complex(gradients.h), ...optional({ state: gradients.state }, complex) };
    const { a: of, b: from, state: entering } = scan.complexScanBackward<Real>(inputs, given, dims, options);
    return { a: list(of), b: list(from), ...(entering && { state: list(entering) }) };
  },
  summarize({ a, b }, dims) {
    const summary = scan.summarizeComplex<Real>({ a: pair(a), b: pair(b) }, dims);
    return { a: list(summary.a), b: list(summary.b) };
  },
  combine(x, y) {
    const { a, b } = scan.combineComplex<Real>({ a: pair(x.a), b: pair(x.b) }, { a: pair(y.a), b: pair(y.b) });
    return { a: list(a), b: list(b) };
  },
};

export const matrix: Scan = {
  name: "matrixScan",
  planes: 1,
  width: (n) => n * n,
  reach: (n) => 1 / Math.sqrt(n),
  run({ a, b, state }, { batch, length, channels: n }, options) {
    const [rest, out] = split(options);
    const inputs = { A: first(a), b: first(b), ...optional({ state }, first) };
    const { h, state: last } = scan.matrixScan<Real>(inputs, { batch, length, n }, { ...rest, out: optional(out, first) });
    return { h: [h], state: [last] };
  },
  define({ a, b, state }, { batch, length, channels: n }, options) {
    const { h, state: last } = matrixScan({ A: first(a), b: first(b), state: state?.[0] }, { batch, length, n }, options);
    return { h: [h], state: [last] };
  },
  backward({ a, b, state, h }, gradients, { batch, length, channels: n }, options) {
    const inputs = { A: first(a), b: first(b), ...optional({ state, h }, first) };
    const given = { h: first(gradients.h), ...optional({ state: gradients.state }, first) };
    const { A, b: from, state: entering } = scan.matrixScanBackward<Real>(inputs, given, { batch, length, n }, options);
    return { a: [A], b: [from], ...(entering && { state: [entering] }) };
  },
  summarize({ a, b }, { batch, length, channels: n }) {
    const summary = scan.summarizeMatrix<Real>({ A: first(a), b: first(b) }, { batch, length, n });
    return { a: [summary.A], b: [summary.b] };
  },
  combine(x, y, n) {
    const { A, b } = scan.combineMatrix<Real>({ A: first(x.a), b: first(x.b) }, { A: first(y.a), b: first(y.b) }, n);
    return { a: [A], b: [b] };
  },
};

export const scans: readonly Scan[] = [linear, complexNumbers, matrix];

/** Which axes `a` has, besides its own. */
export const spreads = ["batch, length", "length", "none"] as const;
export type Spread = (typeof spreads)[number];

interface Layout {
  spread?: Spread;
  /** Packed sequences; as many as the batch where left out. */
  sequences?: number;
}

/** Random inputs whose states do not grow. */
export function randomInputs(scan: Scan, random: Random, dtype: Dtype, dims: Dims, how: Layout = {}): Entered {
  const { batch, length, channels } = dims;
  const { spread = "batch, length", sequences = batch } = how;
  const rows = { "batch, length": batch * length, length, none: 1 }[spread];
  const reach = scan.reach(channels);
  const planes = (size: number, bound: number): Real[] =>
    Array.from({ length: scan.planes }, () => uniform(random, dtype, size, -bound, bound));
  return {
    a: planes(rows * scan.width(channels), reach),
    b: planes(batch * length * channels, 1),
    state: planes(sequences * channels, 1),
  };
}
