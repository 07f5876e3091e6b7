// Convolutions of channels by their definition, in f64. Slow on purpose: the op is judged by it.
import type { Real } from "ssm-scan";

/** y[t] = sum_{j <= t} kernel[j] u[t - j]; u, y: [batch, length, channels]; kernel: [channels, kernelLength]. */
export function fftConv(
  { u, kernel }: { u: Real; kernel: Real },
  { batch, length, channels, kernelLength }: { batch: number; length: number; channels: number; kernelLength: number },
): Float64Array {
  const y = new Float64Array(batch * length * channels);
  for (let i = 0; i < y.length; i++) {
    const [row, channel] = [Math.floor(i / channels), i % channels];
    for (let j = 0; j < kernelLength && j <= row % length; j++) {
      y[i]! += kernel[channel * kernelLength + j]! * u[(row - j) * channels + channel]!;
    }
  }
  return y;
}
