// Which way a call of S4 or S4D is computed: by a scan or by kernels.
import { ScanError } from "../error.js";
import type { Forward, Frame } from "./frame.js";
import type { S4Config } from "./s4-config.js";

/** How many inputs a kernel reaches at a rate. */
export function limitOf({ lMax }: S4Config, rate: number): number {
  return lMax === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.round(lMax / rate));
}

/** Whether it is kernels; a call that neither way is right for is refused. `rank` is that of the systems' low-rank part. */
export function isByKernel({ name, cannot }: Frame, config: S4Config, rank: number, call: Forward<"re" | "im">, rate: number): boolean {
  const { batch, length, mode, dt, reset } = call;
  const refuse = (what: string): never => {
    throw new ScanError("unsupported", `${name}.forward: ${what}`);
  };
  const isCut = length > limitOf(config, rate);
  if (isCut && (mode === "scan" || mode === "recurrent")) {
    refuse(`mode "${mode}": a recurrence is not cut off at \`lMax\` ${config.lMax}, and there are ${length} steps; use "convolution"`);
  }
  // A state is what only a scan gives, and one is asked for unless the layer runs both ways.
  const isFree = config.bidirectional && reset === undefined;
  const isCheaper = isFree && kernelIsCheaper({ batch, length, rank, dState: config.dState });
  const found = mode === "convolution" || (mode === "auto" && (isCut || isCheaper || cannot.scan !== undefined));
  if (found && reset !== undefined) refuse('`reset`: a kernel of the whole length knows no beginnings; use mode "scan"');
  if (found && dt !== undefined) refuse('`dt`: a kernel has steps of one size; use mode "scan"');
  return found;
}

/**
 * Whether a kernel with its transforms is cheaper than a scan: by nanoseconds per element of the signal that were measured on
 * one core. A kernel that is kept from a call before costs nothing, but bits must not depend on calls before.
 */
function kernelIsCheaper({ batch, length, dState, rank }: { batch: number; length: number; dState: number; rank: number }): boolean {
  if (length < 2) return false;
  const scan = 25 + 10 * rank + dState * (0.26 + 0.18 * rank);
  const transforms = 1.6 * Math.log2(2 * length);
  // Cauchy sums are of four products at a time; the readout is cut off by squares of a matrix of all states.
  const sums = rank === 0 ? 0.25 * dState : 0.54 * dState * Math.ceil((1 + rank) ** 2 / 4);
  const cut = rank === 0 ? 0 : (0.023 * dState ** 3 * Math.log2(length)) / length;
  return transforms + (sums + cut) / batch < scan;
}
