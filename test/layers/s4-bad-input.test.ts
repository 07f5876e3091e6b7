// What S4 and S4D refuse, in which words.
import { init, S4, S4D } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { expectRefusal } from "../support/refusal.js";

const layers = [
  ["S4D", S4D],
  ["S4", S4],
] as const;
const dims = { batch: 2, length: 5 };

describe.each(backends)("on %s", (backend) => {
  beforeAll(async () => {
    await init({ backend });
  });

  describe.each(layers)("%s", (_, Layer) => {
    const options = { dModel: 4, dState: 8 };
    const layer = (): S4 | S4D => new Layer(options);

    test("arguments of calls that do not fit", () => {
      const u = new Float32Array(40);
      const forward = (more: object) => () => layer().forward(u, dims, more);
      const dt = new Float32Array(5).fill(1);
      expectRefusal(() => new Layer({ ...options, bidirectional: true }).forward(u, dims, { dt }), { code: "unsupported", names: "dt", says: [/rate/] });
      expectRefusal(forward({ rate: -1 }), { code: "option", names: "rate", says: [-1] });
      expectRefusal(forward({ rate: "2" }), { code: "option", names: "rate" });
      expectRefusal(forward({ speed: 2 }), { code: "option", names: "speed" });
      expectRefusal(forward({ mode: "convolution", reset: new Uint8Array(10) }), { code: "unsupported", names: "reset", says: [/scan/] });
      expectRefusal(() => layer().kernel(-1), { code: "shape", names: "length", says: [-1] });
      expectRefusal(() => layer().kernel(3, { rate: 0 }), { code: "option", names: "rate", says: [0] });
    });

    test("its options are complete and plain", () => {
      const { options: own } = layer();
      expect(JSON.parse(JSON.stringify(own))).toEqual(own);
      expect(own).toMatchObject({ dModel: 4, dState: 8, channels: 1, nSsm: 4, dtMin: 0.001, dtMax: 0.1, dtTie: true, init: "legs", dtype: "float32", seed: 0 });
    });
  });

  test("steps of their own sizes where there is but one size", () => {
    const [u, dt] = [new Float32Array(40), new Float32Array(5).fill(1)];
    expectRefusal(() => new S4({ dModel: 4 }).forward(u, dims, { dt }), { code: "unsupported", names: "dt", says: [/rate/] });
    expectRefusal(() => new S4D({ dModel: 4 }).forward(u, dims, { dt, mode: "convolution" }), { code: "unsupported", names: "dt", says: [/scan/] });
    expectRefusal(() => new S4D({ dModel: 4 }).forward(u, dims, { dt: dt.subarray(1) }), { code: "shape", names: "dt", says: [4, 5, 10] });
    expectRefusal(() => new S4D({ dModel: 4, disc: "dss" }).forward(u, dims, { dt }), { code: "unsupported", says: [/dss/] });
  });

  test("eigenvectors that are nearly one", () => {
    const layer = new S4({ dModel: 2, stepMode: "diagonal" });
    expectRefusal(() => layer.step(new Float32Array(2), layer.initialState(1)), { code: "unsupported", names: "stepMode", says: [/condition/, /linear/] });
  });

  test('"dss" is a convolution alone, normalised over its length', () => {
    const [layer, u] = [new S4D({ dModel: 1, dState: 2, init: "lin", disc: "dss", dtype: "float64", channels: 1 }), new Float64Array(6).map((_, i) => i - 2)];
    const dims6 = { batch: 1, length: 6 };
    expectClose("y", layer.forward(u, dims6).y, layer.forward(u, dims6, { mode: "convolution" }).y, 1e-15);
    expectRefusal(() => layer.forward(u, dims6, { mode: "scan" }), { code: "unsupported", says: [/dss/] });
    expectRefusal(() => layer.initialState(1), { code: "unsupported", says: [/dss/] });
    // Re(C B (e^z - 1) / (A (e^{z L} - 1)) e^{z l}) with A of about -1/2 - 1e-4 i.
    const own = layer.parameters();
    const [dt, re, im] = [Math.exp(own["layer.kernel.inv_dt"]!.data[0]!), -0.5, -1e-4];
    const [c, d] = own["layer.kernel.C"]!.data as Float64Array;
    const gain = Math.expm1(re * dt) / (re * Math.expm1(re * dt * 6));
    const want = Float64Array.from({ length: 6 }, (_, l) => gain * Math.exp(re * dt * l) * (c! * Math.cos(im * dt * l) - d! * Math.sin(im * dt * l)));
    expectClose("kernel", layer.kernel(6), want, 2e-3);
  });
});
