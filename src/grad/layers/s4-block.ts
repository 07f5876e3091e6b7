// What S4 and S4D have in common, on variables: systems of single features, an activation, weights over all features.
import { ScanError } from "../../error.js";
import { beginsAsEnds } from "../../layers/backward.js";
import type { Activation, S4Config } from "../../layers/s4-config.js";
import { limitOf } from "../../layers/s4-way.js";
import { add, multiply } from "../ops/arithmetic.js";
import { cast } from "../ops/cast.js";
import { geluErf, relu, sigmoid, silu, tanh } from "../ops/elementwise.js";
import { linear } from "../ops/matmul.js";
import { maskPadding } from "../ops/pooling.js";
import { type ComplexOperand, fftConv } from "../ops/scans.js";
import { concatenate, gather, reshape, slice } from "../ops/shape.js";
import { sisoSsm } from "../ops/siso-ssm.js";
import type { Operand, Variable } from "../tape.js";
import type { Step } from "./s4-steps.js";
import type { Pair, Parameters } from "./s4-systems.js";
import type { TraceOptions } from "./trace.js";

/** The systems of a layer, in float64. */
export interface S4Systems {
  /** The first outputs of an impulse, [heads, features, length]. */
  kernel(length: number): Variable;
  /** The recurrence, c [heads, features, states]; none where there is but a kernel. */
  recurrence?: () => Step & { c: Pair };
}

const functions: Readonly<Record<Activation, (x: Variable) => Variable>> = { identity: (x) => x, gelu: geluErf, silu, relu, tanh, sigmoid };

/** By kernels, for which a batch costs but its transforms; where sequences begin within others by the recurrence. */
export function s4Block(name: string, config: S4Config, systems: S4Systems, own: Parameters, u: Operand, how: TraceOptions): Variable {
  const { activation, finalAct, channels, bidirectional, dModel } = config;
  const heard = bidirectional && how.lengths !== undefined ? maskPadding(u, how.lengths) : u;
  const heads = how.reset === undefined ? byKernel(config, systems, heard) : byRecurrence(name, config, systems, heard, how.reset);
  const D = own["layer.D"]!;
  const mixed = Array.from({ length: channels }, (_, head) => {
    const y = add(heads(head, false), multiply(u, reshape(gather(D, Int32Array.of(head)), [dModel])));
    return bidirectional ? add(y, heads(channels + head, true)) : y;
  });
  const x = functions[activation](mixed.length === 1 ? mixed[0]! : concatenate(mixed));
  const y = linear(x, own["output_linear.0.weight"]!, own["output_linear.0.bias"]!);
  return finalAct === "glu" ? multiply(slice(y, 0, dModel), sigmoid(slice(y, dModel, 2 * dModel))) : functions[finalAct](y);
}

/** Outputs of a head, [batch, length, features]; backwards those of what follows each step. */
type Head = (head: number, backwards: boolean) => Variable;

function byKernel(config: S4Config, systems: S4Systems, u: Operand): Head {
  const [batch, length, features] = u.dims as [number, number, number];
  const taps = Math.min(length, limitOf(config, config.rate));
  const kernels = cast(systems.kernel(taps), config.dtype);
  const rows = reshape(kernels, [kernels.dims[0]!, features * taps]);
  const turned = (x: Operand): Variable => reshape(gather(reshape(x, [batch * length, features]), lastFirst(batch, length)), u.dims);
  return (head, backwards) => {
    const kernel = reshape(gather(rows, Int32Array.of(head)), [features, taps]);
    return backwards ? turned(fftConv(turned(u), delayed(kernel, length))) : fftConv(u, kernel);
  };
}

/** A kernel of what came a step earlier; no longer than the signal. */
function delayed(kernel: Variable, length: number): Variable {
  const [features, taps] = kernel.dims as [number, number];
  const nothing = { dims: [features, 1], data: kernel.data.slice(0, features).fill(0) };
  return length === 0 ? kernel : concatenate([nothing, slice(kernel, 0, Math.min(taps, length - 1))]);
}

function lastFirst(batch: number, length: number): Int32Array {
  return Int32Array.from({ length: batch * length }, (_, row) => row - (row % length) + (length - 1 - (row % length)));
}

function byRecurrence(name: string, config: S4Config, { recurrence }: S4Systems, u: Operand, reset: Uint8Array): Head {
  const [batch, length, features] = u.dims as [number, number, number];
  const refuse = (what: string): never => {
    throw new ScanError("unsupported", `${name}: \`reset\`: ${what}`);
  };
  if (recurrence === undefined) return refuse('the kernel of `disc` "dss" depends on its length, so there is no recurrence');
  if (length > limitOf(config, config.rate)) return refuse(`a recurrence is not cut off at \`lMax\` ${config.lMax}, and there are ${length} steps`);
  const { c, ...step } = recurrence();
  const narrow = ({ re, im }: ComplexOperand): Pair => ({ re: cast(re, config.dtype), im: cast(im, config.dtype) });
  const systems = { a: narrow(step.a), b: narrow(step.b), p: narrow(step.p), q: narrow(step.q) };
  const states = c.re.dims[2]!;
  const part = (x: Variable, head: number): Variable => reshape(gather(reshape(x, [x.dims[0]!, features * states]), Int32Array.of(head)), [features, states]);
  return (head, backwards) => {
    const marks = backwards ? beginsAsEnds(reset, batch, length) : reset;
    return sisoSsm(u, { ...systems, c: narrow({ re: part(c.re, head), im: part(c.im, head) }) }, { scale: 2, backwards, reset: marks });
  };
}
