// Forced oscillators, one for each channel.
import type { Real } from "../../arrays.js";
import { engine } from "../../backend/current.js";
import { blank } from "../../workspace.js";
import { checkShape } from "../shapes.js";
import { commonDtype, type Operand, tapeOf, type Variable } from "../tape.js";

/** What a step does: `z = m z' + n y' + f w`, `y = o z' + p y' + g w`; each [channels]. */
export type OscillationStep = Readonly<Record<"m" | "n" | "o" | "p" | "f" | "g", Operand>>;

const names = ["m", "n", "o", "p", "f", "g"] as const;

/** Positions y [batch, length, channels] of oscillators that begin at rest, of forces w of that shape. */
export function oscillation(w: Operand, step: OscillationStep, reset?: Uint8Array): Variable {
  const operands = [w, ...names.map((name) => step[name])];
  const dtype = commonDtype("oscillation", operands);
  const [batch, length, channels] = w.dims as [number, number, number];
  for (const name of names) checkShape("oscillation", name, step[name], [channels]);
  const given = { w: w.data, ...Object.fromEntries(names.map((name) => [name, step[name].data])) };
  const like = ({ length: count }: Real): Real => blank(dtype, count);
  const [z, y] = [like(w.data), like(w.data)];
  engine().call("oscillation", [batch, length, channels, 0], { ...given, reset }, { "out.z": z, "out.y": y });
  return tapeOf(operands).record(operands, w.dims, y, (gradient) => {
    const found = operands.map(({ data }) => like(data));
    const out = Object.fromEntries(["w", ...names].map((name, i) => [`out.${name}`, found[i]!]));
    engine().call("oscillationBackward", [batch, length, channels, 0], { ...given, z, y, "gradients.y": gradient, reset }, out);
    return found;
  });
}
