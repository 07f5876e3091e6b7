// S4 on variables.
import { ScanError } from "../../error.js";
import type { S4Options } from "../../layers/s4.js";
import { concatenate, gather, reshape, transpose } from "../ops/shape.js";
import { sisoSsm } from "../ops/siso-ssm.js";
import { untruncated } from "../ops/truncation.js";
import type { Variable } from "../tape.js";
import { s4Block } from "./s4-block.js";
import { dplrSteps, type Step } from "./s4-steps.js";
import { continuous, expanded, type Pair } from "./s4-systems.js";
import type { Trace } from "./trace.js";

/** Kernels are the recurrence's answers to an impulse, which need no transforms of their own; `stepMode` makes no difference. */
export const s4: Trace<Required<S4Options>> = (options, own, u, how) => {
  const { dModel, rank, rate } = options;
  const unscaled = continuous(own, options, 1);
  const systems = rate === 1 ? unscaled : continuous(own, options, rate);
  const all = expanded(own, "P", options);
  const P = Array.from({ length: rank }, (_, r): Pair => {
    const rows = Int32Array.from({ length: dModel }, (_, feature) => r * dModel + feature);
    return { re: gather(all.re, rows), im: gather(all.im, rows) };
  });
  const step = dplrSteps(systems, P);
  const c = readouts(systems.C, rate === 1 ? step : dplrSteps(unscaled, P), own["layer.kernel.l_kernel"]!.data[0]!);
  return s4Block("S4", options, { kernel: (length) => responses(step, c, length), recurrence: () => ({ ...step, c }) }, own, u, how);
};

/** Those of the whole kernel, of those of one that was cut off after `cut` steps. */
function readouts(C: Pair, step: Step, cut: number): Pair {
  if (!Number.isSafeInteger(cut) || cut < 0) throw new ScanError("file", `S4: \`layer.kernel.l_kernel\` must be a whole number of at least 0, got ${cut}`);
  return cut === 0 ? C : untruncated(C, step, cut);
}

/** What each head gives for an impulse, [heads, features, length]. */
function responses({ a, b, p, q }: Step, c: Pair, length: number): Variable {
  const [heads, features, states] = c.re.dims as [number, number, number];
  const data = new Float64Array(length * features).fill(1, 0, Math.min(length, 1) * features);
  const impulse = { dims: [1, length, features], data };
  const part = (x: Variable, head: number): Variable => reshape(gather(reshape(x, [heads, features * states]), Int32Array.of(head)), [features, states]);
  const one = (head: number): Variable => sisoSsm(impulse, { a, b, p, q, c: { re: part(c.re, head), im: part(c.im, head) } }, { scale: 2 });
  const rows = Array.from({ length: heads }, (_, head) => reshape(transpose(one(head)), [1, features * length]));
  return reshape(concatenate(rows), [heads, features, length]);
}
