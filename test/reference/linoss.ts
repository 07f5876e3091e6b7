// The LinOSS layer by its definition, in f64, one oscillator at a time. Slow on purpose: the layer is judged by it.
import type { Dims, Real, Tensor } from "ssm-scan";

export interface LinOssForward {
  state?: Record<"zRe" | "zIm" | "yRe" | "yIm", Real> | undefined;
  /** [length] or [batch, length]. */
  dt?: Real | undefined;
  /** [batch, length] */
  reset?: Uint8Array | undefined;
  /** [batch] */
  lengths?: Int32Array | undefined;
}

const relu = (x: number): number => Math.max(x, 0);

/** z = z' + dt (B u - A y - G z), y = y' + dt z, where implicit with the new y in the force, else with the old one. */
export function linoss(
  parameters: Record<string, Tensor>,
  discretization: "IM" | "IMEX",
  u: Real,
  { batch, length }: Pick<Dims, "batch" | "length">,
  { state, dt, reset, lengths }: LinOssForward = {},
): { y: Real; state: Record<"zRe" | "zIm" | "yRe" | "yIm", Real> } {
  const [A, G, steps, B, C, D] = ["A_diag", "G_diag", "steps", "B", "C", "D"].map((name) => parameters[name]?.data) as Real[] as [Real, Real | undefined, Real, Real, Real, Real];
  const [states, width] = [A.length, D.length];
  const out = new Float64Array(batch * length * width);
  const plane = (): Float64Array => new Float64Array(batch * states);
  const last = { zRe: plane(), zIm: plane(), yRe: plane(), yIm: plane() };
  for (let n = 0; n < batch; n++) {
    const end = lengths?.[n] ?? length;
    for (let t = 0; t < end; t++) {
      for (let h = 0; h < width; h++) out[(n * length + t) * width + h] = D[h]! * u[(n * length + t) * width + h]!;
    }
    for (let p = 0; p < states; p++) {
      for (const part of [0, 1] as const) {
        const [zs, ys] = part === 0 ? (["zRe", "yRe"] as const) : (["zIm", "yIm"] as const);
        let [z, y] = [state?.[zs][n * states + p] ?? 0, state?.[ys][n * states + p] ?? 0];
        for (let t = 0; t < end; t++) {
          const row = n * length + t;
          if (reset?.[row]) [z, y] = [0, 0];
          const step = (dt?.[dt.length === length ? t : row] ?? 1) / (1 + Math.exp(-steps[p]!));
          let force = 0;
          for (let h = 0; h < width; h++) force += B[(p * width + h) * 2 + part]! * u[row * width + h]!;
          let [a, g] = [relu(A[p]!), 0];
          if (G !== undefined) {
            g = relu(G[p]!);
            const root = 2 * Math.sqrt(1 + step * g);
            const [low, high] = [(2 + step * g - root) / step ** 2, (2 + step * g + root) / step ** 2];
            a = low + relu(A[p]! - low) - relu(A[p]! - high);
          }
          z = (z + step * (force - a * y)) / (1 + step * g + (discretization === "IM" ? step ** 2 * a : 0));
          y += step * z;
          for (let h = 0; h < width; h++) out[row * width + h]! += (part === 0 ? 1 : -1) * C[(h * states + p) * 2 + part]! * y;
        }
        [last[zs][n * states + p], last[ys][n * states + p]] = [z, y];
      }
    }
  }
  return { y: out, state: last };
}
