// The gradients of Mamba-2's recurrence.
import { type Input, type Real } from "../arrays.js";
import { engine } from "../backend/current.js";
import { checkLength } from "../dims.js";
import { checkOptions } from "../options.js";
import { blank } from "../workspace.js";
import { required } from "./required.js";
import { sequencesOf } from "./scan-options.js";
import { type SsdDims, ssdChecks, ssdDtype, type SsdInputs, type SsdOptions, ssdSizes, ssdSteps } from "./ssd.js";

/** The gradients of what {@link ssd} gives. */
export interface SsdGradients<T extends Real = Real> {
  /** [batch, length, heads, headDim]. */
  y: Input<T>;
  /** That of the state that leaves, [batch, heads, headDim, states]; zero if left out. */
  state?: Input<T>;
}

/** Gradients by the names of the inputs, each of its input's shape; those of optional ones where these were given. */
export type SsdInputGradients<T extends Real = Real> = Record<"x" | "dt" | "A" | "B" | "C", T> & Partial<Record<"D" | "z" | "dtBias" | "state", T>>;

/**
 * Gradients of what {@link ssd} takes, given those of what it gives. Step sizes outside `dtLimit` have none. Kept are the
 * states at the borders of chunks, so that memory is in proportion to the inputs. float32 or float64; the same bits on any
 * number of threads. Throws a ScanError for arrays or options that do not fit. (As the backward pass of
 * `mamba_chunk_scan_combined` of state-spaces/mamba; Dao and Gu 2024, arXiv:2405.21060.)
 */
export function ssdBackward<T extends Real>(inputs: SsdInputs<T>, gradients: SsdGradients<T>, dims: SsdDims, options?: Omit<SsdOptions<T>, "out">): SsdInputGradients<T> {
  const call = "ssdBackward";
  const sizes = ssdSizes(dims);
  const [batch, length, heads, headDim, states] = sizes;
  const { x, dt, A, B, C, D, z, dtBias, state } = required(call, inputs);
  const { y, state: leaving } = required(`${call}: gradients`, gradients);
  const checked = checkOptions(call, options, ssdChecks);
  const dtype = ssdDtype({ x, dt, A, B, C, "gradients.y": y }, { D, z, dtBias, state, "gradients.state": leaving });
  checkLength("x", x, batch * length * heads * headDim);
  const like = (input: Input<T> | undefined): T => blank(dtype, input?.length ?? 0) as T;
  const made = { x: like(x), dt: like(dt), A: like(A), B: like(B), C: like(C), D: like(D), z: like(z) };
  const all = { ...made, dtBias: blank(dtype, heads) as T, state: blank(dtype, sequencesOf(batch, checked) * heads * headDim * states, "state") as T };
  const { reset, cuSeqlens } = checked;
  const read = { x, dt, A, B, C, D, z, dtBias, state, "gradients.y": y, "gradients.state": leaving, reset, cuSeqlens };
  const filled = Object.fromEntries(Object.entries(all).map(([name, array]) => [`out.${name}`, array]));
  const backend = engine();
  backend.call(call, [...sizes, ...ssdSteps(checked, backend)], read, filled);
  const { D: ofD, z: ofZ, dtBias: ofBias, state: entering, ...result } = all;
  return { ...result, ...(D && { D: ofD }), ...(z && { z: ofZ }), ...(dtBias && { dtBias: ofBias }), ...(state && { state: entering }) };
}
