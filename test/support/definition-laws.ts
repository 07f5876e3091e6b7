// The laws of every layer that runs forwards in time: whole, pieces and steps are one thing, and that is the definition.
import { type ForwardOptions, init, type Layer, type Real } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "./backends.js";
import { expectClose, expectSameBits } from "./close.js";
import { joined, steps } from "./pieces.js";
import { type Dtype, dtypes, zeros } from "./precision.js";
import { generator, marks, uniform } from "./random.js";

type State = Record<string, Real>;
interface Result { y: Real; state: State }

/** A layer to judge. */
export interface Judged {
  title: string;
  make: (dtype: Dtype) => Layer;
  /** What `forward` should give, in f64. */
  define: (layer: Layer, u: Real, dims: { batch: number; length: number }, options: ForwardOptions<State>) => Result;
  /** Whether the layer takes `dt`. */
  takesDt: boolean;
  /** How far from the definition the layer may be. */
  bound: Record<Dtype, number>;
}

const dims = { batch: 3, length: 19 };
const cases = backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const));

/** States the laws of the layers given. */
export function describeLaws(name: string, layers: readonly Judged[]): void {
  describe.each(cases)(`${name} on %s in %s`, (backend, dtype) => {
    const random = generator(5);
    beforeAll(async () => {
      await init({ backend });
    });

    describe.each(layers.map((each) => [each.title, each] as const))("%s", (_, { make, define, takesDt, bound: bounds }) => {
      const bound = bounds[dtype];
      const signal = (width: number, length = dims.length): Real => uniform(random, dtype, dims.batch * length * width);
      const someState = (layer: Layer): State => mapped(layer.initialState(dims.batch), (plane) => uniform(random, dtype, plane.length));
      const expectAre = (what: string, got: Result, want: Result): void => {
        expectClose(`y of ${what}`, got.y, want.y, bound);
        for (const key in want.state) expectClose(`state.${key} of ${what}`, got.state[key]!, want.state[key]!, bound);
      };
      const start = (): { layer: Layer; u: Real; state: State } => {
        const layer = make(dtype);
        return { layer, u: signal(layer.dModel), state: someState(layer) };
      };

      test("it is its definition, from any state and from none", () => {
        const { layer, u, state } = start();
        const before = mapped(state, (plane) => plane.slice());
        expectAre("a forward", layer.forward(u, dims, { state }), define(layer, u, dims, { state }));
        expect(state, "the state given").toEqual(before);
        expectAre("a beginning", layer.forward(u, dims), define(layer, u, dims, {}));
        expectSameBits("y", layer.forward(u, dims).y, layer.forward(u, dims, { state: layer.initialState(dims.batch) }).y);
      });

      test("it is its definition with resets, padding and steps of any size", () => {
        const { layer, u, state } = start();
        const reset = marks(random, dims.batch * dims.length);
        const lengths = Int32Array.of(dims.length, 0, 7);
        const sizes = (length: number): Real => uniform(random, dtype, length, 0.2, 1.5);
        const times = takesDt ? [sizes(dims.length), sizes(dims.batch * dims.length)] : [undefined];
        for (const dt of times) {
          const options = { state, reset, lengths, ...(dt && { dt }) };
          expectAre("a forward", layer.forward(u, dims, options), define(layer, u, dims, options));
        }
      });

      test("padding is zero, whatever stands in it", () => {
        const { layer, u } = start();
        const lengths = Int32Array.of(dims.length, 0, 7);
        const want = layer.forward(u, dims, { lengths });
        const width = layer.dModel;
        lengths.forEach((valid, n) => u.fill(Number.NaN, (n * dims.length + valid) * width, (n + 1) * dims.length * width));
        const got = layer.forward(u, dims, { lengths });
        expectSameBits("y", got.y, want.y);
        lengths.forEach((valid, n) => expect(got.y.subarray((n * dims.length + valid) * width, (n + 1) * dims.length * width).every((y) => y === 0)).toBe(true));
      });

      test("two pieces joined by the state are the whole", () => {
        const { layer, u, state } = start();
        const want = define(layer, u, dims, { state });
        const part = (from: number, to: number): Real => steps([u], dims, layer.dModel, from, to)[0]!;
        for (const cut of [0, 1, 8, dims.length]) {
          const head = layer.forward(part(0, cut), { ...dims, length: cut }, { state });
          const tail = layer.forward(part(cut, dims.length), { ...dims, length: dims.length - cut }, { state: head.state });
          expectAre(`a cut at ${cut}`, { y: joined([head.y], [tail.y], dims, layer.dModel, cut)[0]!, state: tail.state }, want);
        }
      });

      test("steps are the whole, and move the state in place", () => {
        const { layer, u, state } = start();
        const dt = takesDt ? uniform(random, dtype, dims.batch * dims.length, 0.2, 1.5) : undefined;
        const want = define(layer, u, dims, { state, ...(dt && { dt }) });
        const width = layer.dModel;
        const y = zeros(dtype, u.length);
        const planes = { ...state };
        for (let t = 0; t < dims.length; t++) {
          const now = (array: Real, size: number): Real => steps([array], dims, size, t, t + 1)[0]!;
          const out = zeros(dtype, dims.batch * width).fill(Number.NaN);
          const got = layer.step(now(u, width), state, { out, ...(dt && { dt: now(dt, 1) }) });
          expect(got.y).toBe(out);
          for (const key in planes) expect(got.state[key]).toBe(planes[key]);
          for (let n = 0; n < dims.batch; n++) y.set(out.subarray(n * width, (n + 1) * width), (n * dims.length + t) * width);
        }
        expectAre("steps", { y, state }, want);
      });

      test("nothing in an axis is legal, and leaves the state as it was", () => {
        const { layer, state } = start();
        const none = layer.forward(zeros(dtype, 0), { ...dims, length: 0 }, { state });
        expect(none.y.length).toBe(0);
        for (const key in state) expectSameBits(key, none.state[key]!, state[key]!);
        expect(layer.forward(zeros(dtype, 0), { batch: 0, length: 4 }).y.length).toBe(0);
      });

      test("its parameters are live, and can be taken from another", () => {
        const { layer, u } = start();
        const other = make(dtype);
        const before = layer.forward(u, dims).y;
        const D = layer.parameters()["D"]!;
        D.data.set(D.data.map((x) => x + 1));
        const after = layer.forward(u, dims).y;
        expect(after.some((y, i) => Math.abs(y - before[i]!) > 1e-3)).toBe(true);
        expectClose("y", after, define(layer, u, dims, {}).y, bound);
        other.loadParameters(layer.parameters());
        expectSameBits("y", other.forward(u, dims).y, after);
      });
    });
  });
}

function mapped(state: State, make: (plane: Real) => Real): State {
  return Object.fromEntries(Object.entries(state).map(([key, plane]) => [key, make(plane)]));
}
