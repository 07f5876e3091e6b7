// The LRU by its definition, in f64, one number at a time. Slow on purpose: the layer is judged by it.
import type { Real, Tensor } from "ssm-scan";

export interface LruForward {
  state?: { re: Real; im: Real } | undefined;
  /** [batch, length] */
  reset?: Uint8Array | undefined;
  /** [batch] */
  lengths?: Int32Array | undefined;
}

/** y = Re(C h) + D u with h = lambda h' + exp(gamma_log) B u, lambda = exp(-exp(nu_log) + i exp(theta_log)). */
export function lru(
  parameters: Record<string, Tensor>,
  u: Real,
  { batch, length }: { batch: number; length: number },
  { state, reset, lengths }: LruForward = {},
): { y: Float64Array; state: { re: Float64Array; im: Float64Array } } {
  const own = (name: string): Real => parameters[name]!.data;
  const states = own("nu_log").length;
  const features = own("D").length;
  const y = new Float64Array(batch * length * features);
  const last = { re: new Float64Array(batch * states), im: new Float64Array(batch * states) };
  for (let n = 0; n < batch; n++) {
    const re = Float64Array.from({ length: states }, (_, p) => state?.re[n * states + p] ?? 0);
    const im = Float64Array.from({ length: states }, (_, p) => state?.im[n * states + p] ?? 0);
    for (let t = 0; t < (lengths?.[n] ?? length); t++) {
      const row = n * length + t;
      const now = Array.from(u.subarray(row * features, (row + 1) * features));
      for (let p = 0; p < states; p++) {
        if (reset?.[row]) re[p] = im[p] = 0;
        const radius = Math.exp(-Math.exp(own("nu_log")[p]!));
        const phase = Math.exp(own("theta_log")[p]!);
        const [a, b] = [radius * Math.cos(phase), radius * Math.sin(phase)];
        const project = (B: Real): number => Math.exp(own("gamma_log")[p]!) * now.reduce((sum, x, h) => sum + B[p * features + h]! * x, 0);
        [re[p], im[p]] = [a * re[p]! - b * im[p]! + project(own("B_re")), a * im[p]! + b * re[p]! + project(own("B_im"))];
      }
      for (let h = 0; h < features; h++) {
        const read = (p: number): number => own("C_re")[h * states + p]! * re[p]! - own("C_im")[h * states + p]! * im[p]!;
        y[row * features + h] = re.reduce((sum, _, p) => sum + read(p), own("D")[h]! * now[h]!);
      }
    }
    last.re.set(re, n * states);
    last.im.set(im, n * states);
  }
  return { y, state: last };
}
