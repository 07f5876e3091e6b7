// Readouts of a whole kernel, of those of one that was cut off.
import { engine } from "../../backend/current.js";
import { type Operand, tapeOf, type Variable } from "../tape.js";
import type { ComplexOperand } from "./scans.js";
import type { SisoOperands } from "./siso-ssm.js";

type Planes = readonly Float64Array[];

/**
 * The c of which C is `c (I - A^length)`, where A is the step of `systems`; C, c: [heads, channels, states]. float64 alone.
 * With g the gradient of c, `dC = g (I - A^length)^-T`, and A's is what a run from conj(dC), read out by c after `length`
 * steps, has.
 */
export function untruncated(C: ComplexOperand, { a, p, q }: Pick<SisoOperands, "a" | "p" | "q">, length: number): ComplexOperand<Variable> {
  const operands: Operand[] = [C, a, p, q].flatMap(({ re, im }) => [re, im]);
  const [Cr, Ci, ...system] = operands.map(({ data }) => data as Float64Array) as [Float64Array, Float64Array, ...Float64Array[]];
  const [heads, channels, states] = C.re.dims as [number, number, number];
  const rank = system[2]!.length / Math.max(channels * states, 1);
  const c = solved(system, [Cr, Ci], [states, rank, length]);
  const [re, im] = tapeOf(operands).recordAll(operands, c.map((data) => ({ dims: C.re.dims, data })), (...gradients) => {
    const [ar, ai, pr, pi, qr, qi] = system as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
    const back = solved([ar, negative(ai), qr, negative(qi), pr, negative(pi)], gradients as Float64Array[], [states, rank, length]);
    const unread = [zerosLike(ar), zerosLike(ar)] as const;
    const inputs = {
      ...{ u: new Float64Array(heads * length * channels), "a.re": ar, "a.im": ai, "b.re": unread[0], "b.im": unread[0], "c.re": unread[0], "c.im": unread[0] },
      ...{ "p.re": pr, "p.im": pi, "q.re": qr, "q.im": qi, "state.re": back[0], "state.im": negative(back[1]!) },
      ...{ "gradients.y": new Float64Array(heads * length * channels), "gradients.state.re": c[0], "gradients.state.im": negative(c[1]!), reset: undefined },
    };
    const found = system.map(zerosLike);
    const [da, dai, dp, dpi, dq, dqi] = found;
    const out = {
      ...{ "out.u": new Float64Array(heads * length * channels), "out.a.re": da!, "out.a.im": dai! },
      ...{ "out.b.re": zerosLike(ar), "out.b.im": zerosLike(ar), "out.c.re": zerosLike(ar), "out.c.im": zerosLike(ar) },
      ...{ "out.p.re": dp!, "out.p.im": dpi!, "out.q.re": dq!, "out.q.im": dqi!, "out.state.re": zerosLike(Cr), "out.state.im": zerosLike(Cr) },
    };
    engine().call("sisoSsmBackward", [heads, length, channels, states, rank, 1, 0], inputs, out);
    return [...back, ...found];
  });
  return { re: re!, im: im! };
}

const zerosLike = (x: Float64Array): Float64Array => new Float64Array(x.length);
const negative = (x: Float64Array): Float64Array => x.map((value) => -value);

/** c of C. */
function solved(system: Planes, C: Planes, numbers: readonly [number, number, number]): Planes {
  const backend = engine();
  // The kernel changes them where they stand, so that they have to be where it runs.
  const planes = C.map((plane) => {
    const resident = backend.resident("float64", plane.length);
    resident.data.set(plane);
    return resident;
  });
  const inputs = Object.fromEntries(["a.re", "a.im", "p.re", "p.im", "q.re", "q.im"].map((name, i) => [name, system[i]!]));
  backend.call("truncation", [...numbers, 1], inputs, { "out.c.re": planes[0]!, "out.c.im": planes[1]! });
  return planes.map((plane) => {
    const found = Float64Array.from(plane.data);
    plane.dispose();
    return found;
  });
}
