// y[t] = sum_j kernel[j] u[t - j]: long convolutions by FFT.
import { checkDtype, dataOf, dtypeOf, type Input, type Real } from "../arrays.js";
import { engine } from "../backend/current.js";
import { checkDims, checkLength, type Dims } from "../dims.js";
import { anObject, checkOptions } from "../options.js";
import { blank } from "../workspace.js";
import { required } from "./required.js";
import { checkOverlap } from "./scan-options.js";

/** Arguments of {@link fftConv}. */
export interface FftConvInputs<T extends Real = Real> {
  /** Signals: [batch, length, channels]. */
  u: Input<T>;
  /** A kernel for each channel, the present first: [channels, kernelLength]. */
  kernel: Input<T>;
}

/** Sizes of {@link fftConv}. */
export interface FftConvDims extends Dims {
  /** Steps of a kernel; what it has beyond `length` is not used. */
  kernelLength: number;
}

/** Options of {@link fftConv}. */
export interface FftConvOptions<T extends Real = Real> {
  /** An array to fill instead of a new one; it must not share memory with an input. */
  out?: { y?: Input<T> };
}

/**
 * The causal convolution of every channel with its own kernel: y [batch, length, channels]. float32 or float64. Throws a
 * ScanError for arrays or options that do not fit. (As the FFT convolution of S4, Gu et al. 2022, arXiv:2111.00396.)
 */
export function fftConv<T extends Real>(inputs: FftConvInputs<T>, dims: FftConvDims, options?: FftConvOptions<T>): { y: T } {
  const [batch, length, channels, kernelLength] = checkDims(dims, ["batch", "length", "channels", "kernelLength"]) as [number, number, number, number];
  const { u, kernel } = required("fftConv", inputs);
  const { out } = checkOptions("fftConv", options, { out: anObject });
  if (out !== undefined) checkOptions("fftConv: out", out, { y: anObject });
  const dtype = dtypeOf("u", u);
  checkDtype("kernel", kernel, dtype);
  checkLength("u", u, batch * length * channels);
  if (out?.y !== undefined) checkDtype("out.y", out.y, dtype);
  const y = out?.y ?? (blank(dtype, u.length, "y") as T);
  if (out !== undefined) checkOverlap({ u, kernel }, { "out.y": y });
  engine().call("fftConv", [batch, length, channels, kernelLength, 0], { u, kernel }, { "out.y": y });
  return { y: dataOf(y) };
}
