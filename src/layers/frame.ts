// What every layer checks and makes alike: the arguments of its calls, and its states.
import { checkDtype, type Dtype, type Real, zeros } from "../arrays.js";
import { checkDims, checkLength } from "../dims.js";
import { ScanError } from "../error.js";
import { checkOptions } from "../options.js";
import { type ForwardOptions, forwardChecks, type Mode, stepChecks } from "./layer.js";

/** What not every layer can do. */
export type Ability = "state" | "step" | "dt" | "reset" | "lengths" | "scan" | "convolution" | "recurrent";

/** A layer as its calls see it. */
export interface Frame<K extends string = string> {
  /** The name of the class, which errors begin with. */
  name: string;
  dModel: number;
  /** Features of the output; `dModel` if left out. */
  dOutput?: number;
  dtype: Dtype;
  /** Elements of each array of the state of one sequence. */
  state: Readonly<Record<K, number>>;
  /** Why the layer cannot do something; what is not named it can. */
  cannot: Readonly<Partial<Record<Ability, string>>>;
}

export type State<K extends string> = Record<K, Real>;

/** Arguments of `forward`, checked. */
export interface Forward<K extends string> {
  batch: number;
  length: number;
  mode: Mode;
  state?: State<K> | undefined;
  dt?: Real | undefined;
  reset?: Uint8Array | undefined;
  lengths?: Int32Array | undefined;
}

/** Checks the arguments of `forward`. */
export function forwardArguments<K extends string>(
  frame: Frame<K>,
  u: Real,
  dims: { batch: number; length: number },
  options: ForwardOptions<Record<string, Real>> | undefined,
): Forward<K> {
  const { name, dModel, dtype } = frame;
  const call = `${name}.forward`;
  const [batch, length] = checkDims({ ...dims, dModel }, ["batch", "length", "dModel"]) as [number, number, number];
  const { mode = "auto", state, dt, reset, lengths } = checkOptions(call, options, forwardChecks);
  checkDtype("u", u, dtype);
  checkLength("u", u, batch * length * dModel);
  if (mode !== "auto") checkAbility(frame, call, mode, `mode "${mode}"`);
  for (const [ability, value] of Object.entries({ state, dt, reset, lengths })) {
    if (value !== undefined) checkAbility(frame, call, ability as Ability, `\`${ability}\``);
  }
  if (state !== undefined) checkState(frame, state, batch);
  if (dt !== undefined) checkIntervals(dt, dtype, batch, length);
  if (reset !== undefined) checkLength("reset", reset, batch * length);
  if (lengths !== undefined) checkValid(lengths, batch, length);
  return { batch, length, mode, state: state as State<K> | undefined, dt, reset, lengths };
}

/** Checks the arguments of `step`; makes an output where none is given. */
export function stepArguments<K extends string>(
  frame: Frame<K>,
  u: Real,
  state: Record<string, Real>,
  options: { dt?: Real; out?: Real } | undefined,
): { batch: number; y: Real; dt: Real | undefined } {
  const { name, dModel, dOutput = dModel, dtype } = frame;
  const call = `${name}.step`;
  checkAbility(frame, call, "step", "`step`");
  const { dt, out } = options === undefined ? {} : checkOptions(call, options, stepChecks);
  checkDtype("u", u, dtype);
  const batch = u.length / dModel;
  if (!Number.isInteger(batch)) throw new ScanError("shape", `\`u\` has ${u.length} elements, expected a multiple of ${dModel}`);
  checkState(frame, state, batch);
  if (dt !== undefined) {
    checkAbility(frame, call, "dt", "`dt`");
    checkDtype("dt", dt, dtype);
    if (dt.length !== 1) checkLength("dt", dt, batch);
  }
  if (out === undefined) return { batch, y: zeros(dtype, batch * dOutput, "y"), dt };
  checkDtype("out", out, dtype);
  checkLength("out", out, batch * dOutput);
  return { batch, y: out, dt };
}

/** The state of `batch` sequences that have not begun. */
export function initialState<K extends string>(frame: Frame<K>, batch: number): State<K> {
  checkAbility(frame, `${frame.name}.initialState`, "state", "a state");
  checkDims({ batch }, ["batch"]);
  return zeroState(frame, batch);
}

/** The same, of any layer. */
export function zeroState<K extends string>({ dtype, state }: Frame<K>, batch: number): State<K> {
  return mapState(state, (size) => zeros(dtype, batch * size, "state"));
}

/** A state that can be written to without changing the one given; zeros where none is. */
export function copyState<K extends string>(frame: Frame<K>, batch: number, state: State<K> | undefined): State<K> {
  return state === undefined ? zeroState(frame, batch) : mapState(frame.state, (_, key) => state[key].slice());
}

function mapState<K extends string>(sizes: Readonly<Record<K, number>>, make: (size: number, key: K) => Real): State<K> {
  const entries = Object.entries(sizes) as [K, number][];
  return Object.fromEntries(entries.map(([key, size]) => [key, make(size, key)])) as State<K>;
}

/** Checks a state that a caller gives. */
export function checkState<K extends string>({ dtype, state: sizes }: Pick<Frame<K>, "dtype" | "state">, state: Record<string, Real>, batch: number): void {
  for (const key in sizes) {
    const plane = (state as Record<string, Real> | undefined)?.[key];
    checkDtype(`state.${key}`, plane, dtype);
    checkLength(`state.${key}`, plane!, batch * sizes[key]);
  }
}

function checkIntervals(dt: Real, dtype: Dtype, batch: number, length: number): void {
  checkDtype("dt", dt, dtype);
  if (dt.length !== length && dt.length !== batch * length) {
    throw new ScanError("shape", `\`dt\` has ${dt.length} elements, expected ${length} or ${batch * length}`);
  }
}

/** Checks the valid steps of sequences. */
export function checkValid(lengths: Int32Array, batch: number, length: number): void {
  checkLength("lengths", lengths, batch);
  const wrong = lengths.find((n) => n < 0 || n > length);
  if (wrong !== undefined) throw new ScanError("shape", `\`lengths\` must be 0 to length ${length}, got ${wrong}`);
}

/** Refuses what the layer cannot do. */
export function checkAbility({ cannot }: Frame, call: string, ability: Ability, what: string): void {
  const why = cannot[ability];
  if (why !== undefined) throw new ScanError("unsupported", `${call}: ${what}: ${why}`);
}

/** What a layer that runs both ways in time cannot do. */
export const bidirectional: Frame["cannot"] = {
  state: "a bidirectional layer's second half begins at the end",
  step: "a bidirectional layer needs the whole sequence",
};
