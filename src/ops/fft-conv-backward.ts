// The gradients of long convolutions: correlations, by the same transforms.
import { checkDtype, type Dtype, dtypeOf, dataOf, type Input, type Real, zeros } from "../arrays.js";
import { flag } from "../backend/backend.js";
import { engine } from "../backend/current.js";
import { checkDims, checkLength } from "../dims.js";
import type { FftConvDims, FftConvInputs } from "./fft-conv.js";
import { required } from "./required.js";

/**
 * Gradients of what {@link fftConv} takes, given that of y: `du[t] = sum_j kernel[j] dy[t + j]`, and
 * `dkernel[j] = sum_t dy[t + j] u[t]` over all sequences. float32 or float64. Throws a ScanError for arrays that do not fit.
 */
export function fftConvBackward<T extends Real>(inputs: FftConvInputs<T>, gradients: { y: Input<T> }, dims: FftConvDims): { u: T; kernel: T } {
  const call = "fftConvBackward";
  const [batch, length, channels, kernelLength] = checkDims(dims, ["batch", "length", "channels", "kernelLength"]) as [number, number, number, number];
  const { u, kernel } = required(call, inputs);
  const { y } = required(`${call}: gradients`, gradients);
  const dtype = dtypeOf("u", u);
  checkDtype("kernel", kernel, dtype);
  checkDtype("gradients.y", y, dtype);
  checkLength("u", u, batch * length * channels);
  checkLength("kernel", kernel, channels * kernelLength);
  checkLength("gradients.y", y, batch * length * channels);
  const du = zeros(dtype, u.length) as T;
  engine().call("fftConv", [batch, length, channels, kernelLength, flag.reverse], { u: y, kernel }, { "out.y": du });
  return { u: du, kernel: ofKernel(dtype, [dataOf(u), dataOf(y)], [batch, length, channels, kernelLength]) as T };
}

/** Sequence by sequence: its signals serve as kernels, [channels, length]. */
function ofKernel(dtype: Dtype, [u, y]: readonly [Real, Real], [batch, length, channels, kernelLength]: readonly [number, number, number, number]): Real {
  const sum = new Float64Array(channels * kernelLength);
  const size = length * channels;
  const [signals, products] = [zeros(dtype, size), zeros(dtype, size)];
  for (let sequence = 0; sequence < batch; sequence++) {
    const first = sequence * size;
    for (let t = 0; t < length; t++) {
      for (let c = 0; c < channels; c++) signals[c * length + t] = u[first + t * channels + c]!;
    }
    const inputs = { u: y.subarray(first, first + size), kernel: signals };
    engine().call("fftConv", [1, length, channels, length, flag.reverse], inputs, { "out.y": products });
    for (let j = 0; j < Math.min(length, kernelLength); j++) {
      for (let c = 0; c < channels; c++) sum[c * kernelLength + j]! += products[j * channels + c]!;
    }
  }
  return dtype === "float64" ? sum : Float32Array.from(sum);
}
