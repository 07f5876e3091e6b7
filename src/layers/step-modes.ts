// The forms that a step of S4 can be computed in: what the reference calls its step modes.
import type { Dtype } from "../arrays.js";
import { engine } from "../backend/current.js";
import { ScanError } from "../error.js";
import { pair, type Systems } from "./systems.js";

/**
 * "linear" is the diagonal plus low-rank form, "dense" a matrix [dState, dState] for each feature, "diagonal" the basis of that
 * matrix's eigenvectors, in which the layer's states then are.
 */
export type StepMode = "linear" | "dense" | "diagonal";

/** Names of {@link StepMode}. */
export const stepModes: Readonly<Record<StepMode, true>> = { linear: true, dense: true, diagonal: true };

/** An error of the last place that has grown by more than this is too large. */
const TOLERATED = 1e-3;
const digits: Readonly<Record<Dtype, number>> = { float32: 2 ** -23, float64: 2 ** -52 };

/** The same steps by whole matrices: one "low-rank" term for the real and one for the imaginary part of every state. */
export function denseSystems(systems: Systems, states: number): Systems {
  const { a, p, q, rank } = systems;
  const channels = a[0].length / states;
  const rows = 2 * states;
  const [into, from] = [pair(channels * rows * states), pair(channels * rows * states)];
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < rows; row++) {
      const [part, n] = [row < states ? 0 : 1, row % states];
      const first = (channel * rows + row) * states;
      // The term is subtracted, so that the row of the matrix stands here with its sign turned.
      into[part]![first + n] = -1;
      const own = channel * states + n;
      from[0][first + n] = a[part]![own]!;
      from[1][first + n] = part === 0 ? a[1][own]! : -a[0][own]!;
      for (let r = 0; r < rank; r++) {
        const low = (channel * rank + r) * states;
        const weight = p[part]![low + n]!;
        for (let k = 0; k < states; k++) {
          from[0][first + k]! -= weight * q[0][low + k]!;
          from[1][first + k]! -= weight * q[1][low + k]!;
        }
      }
    }
  }
  return { ...systems, rank: rows, a: pair(a[0].length), p: into, q: from };
}

/** The same systems with twice as many states that do not touch each other; refused where no such basis is good to compute in. */
export function eigenSystems(systems: Systems, states: number, dtype: Dtype): Systems {
  const { a, b, c, p, q, rank } = systems;
  const [values, gains, readouts] = [pair(2 * a[0].length), pair(2 * b[0].length), pair(2 * c[0].length)];
  const condition = new Float64Array(a[0].length / states);
  const inputs = {
    ...{ "a.re": a[0], "a.im": a[1], "p.re": p[0], "p.im": p[1], "q.re": q[0], "q.im": q[1] },
    ...{ "b.re": b[0], "b.im": b[1], "c.re": c[0], "c.im": c[1] },
  };
  const outputs = {
    ...{ "out.a.re": values[0], "out.a.im": values[1], "out.b.re": gains[0], "out.b.im": gains[1] },
    ...{ "out.c.re": readouts[0], "out.c.im": readouts[1], "out.condition": condition },
  };
  engine().call("diagonalize", [states, rank], inputs, outputs);
  const worst = condition.reduce((most, value) => Math.max(most, value), 0);
  const most = TOLERATED / digits[dtype];
  if (!(worst <= most)) {
    const [has, at] = [worst, most].map((value) => value.toExponential(1));
    throw new ScanError("unsupported", `S4: \`stepMode\` "diagonal": the eigenvectors of a step have the condition ${has}, expected at most ${at} in ${dtype}; use "linear"`);
  }
  return { ...systems, rank: 0, scale: 1, a: values, b: gains, c: readouts, p: pair(0), q: pair(0) };
}
