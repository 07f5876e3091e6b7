// HiPPO's systems against the reference, and memories that run on them against projections by quadrature.
import { HippoMemory, type HippoMeasure, type HippoMemoryOptions, init, makeHippo } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { basis, projected } from "../reference/hippo.js";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { fixture } from "../support/fixtures.js";
import { generator, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";

const measures: HippoMeasure[] = ["legs", "legt", "lagt", "fourier"];
const sizes = (measure: HippoMeasure): number => (measure === "lagt" ? 6 : 8);
const windowed = measures.filter((measure) => measure !== "legs");

describe.each(backends)("on %s", (backend) => {
  const samples = uniform(generator(1), "float64", 40) as Float64Array;

  beforeAll(async () => {
    await init({ backend });
  });

  test.each(["legs", "legt", "fourier"] as const)("A and B are the reference's: %s", async (measure) => {
    const { tensors } = await fixture("s4_inits");
    const { A, B } = makeHippo(8, measure);
    expect([A.dims, B.dims]).toEqual([[8, 8], [8]]);
    // The reference's file holds numbers of float32 precision.
    expectClose("A", A.data, tensors[`${measure}.Afull`]!.data, 1e-6);
    expectClose("B", B.data, tensors[`${measure}.Bfull`]!.data, 1e-6);
  });

  test("lagt is what derivatives of Laguerre functions are", () => {
    const { A, B } = makeHippo(3, "lagt");
    expect([...A.data]).toEqual([-0.5, 0, 0, -1, -0.5, 0, -1, -1, -0.5]);
    expect([...B.data]).toEqual([1, 1, 1]);
  });

  test("legs, held, is the projection of the steps that came in, after one of zeros", () => {
    const memory = new HippoMemory({ size: 6, discretization: "zoh" });
    memory.push(samples);
    const past = (age: number): number => samples[Math.floor(41 - age) - 1] ?? 0;
    expectClose("coefficients", memory.coefficients, projected("legs", 6, 41, past, 41 * 2), 1e-12);
  });

  test("lagt, held, is the projection of the steps that came in", () => {
    const memory = new HippoMemory({ size: 6, measure: "lagt", window: 7, discretization: "zoh", step: 0.5 });
    memory.push(samples);
    const past = (age: number): number => samples[39 - Math.floor(age / 0.5)] ?? 0;
    expectClose("coefficients", memory.coefficients, projected("lagt", 6, 7, past, 40 * 4, 20 / 7), 1e-9);
  });

  test.each(["zoh", "bilinear"] as const)("legs is the projection of a smooth signal: %s", (discretization) => {
    const [f, count] = [(x: number) => Math.sin(6 * x) + x, 4000];
    const memory = new HippoMemory({ size: 8, discretization, step: 1 / count });
    memory.push(Float64Array.from({ length: count }, (_, k) => f((k + 0.5) / count)));
    expectClose("coefficients", memory.coefficients, projected("legs", 8, 1, (age) => f(1 - age), 100), 2e-3);
  });

  describe.each(windowed)("%s", (measure) => {
    test.each(["zoh", "bilinear"] as const)("it is the projection of what functions of the window can tell: %s", (discretization) => {
      // Slow for polynomials; periods that the window is a multiple of for sines.
      const f = (x: number): number => 1 + (measure === "legt" ? Math.sin(x) : Math.sin(2 * Math.PI * x) - 0.5 * Math.cos(Math.PI * x));
      const memory = new HippoMemory({ size: sizes(measure), measure, window: 2, step: 1 / 500, discretization });
      const [end, step] = [40, 1 / 500];
      memory.push(Float64Array.from({ length: end / step }, (_, k) => f((k + 0.5) * step)));
      const reach = measure === "lagt" ? 20 : 1;
      const want = projected(measure, sizes(measure), 2, (age) => f(end - age), 300 * reach, reach);
      expectClose("coefficients", memory.coefficients, want, 1e-4);
      if (measure === "lagt") return;
      const ages = [0.1, 0.4, 1, 1.5, 1.9];
      const past = memory.reconstruct(ages);
      expectClose("the past", past, Float64Array.from(ages, (age) => f(end - age)), 1e-3);
    });
  });

  test.each(measures)("the past is the sum of coefficients and functions: %s", (measure) => {
    const memory = new HippoMemory({ size: sizes(measure), measure, ...(measure !== "legs" && { window: 20 }) });
    memory.push(samples);
    const window = measure === "legs" ? 40 : 20;
    const ages = Float64Array.of(0, 0.5, 3, 19.5, 20);
    const { coefficients } = memory;
    const want = ages.map((age) => coefficients.reduce((sum, c, n) => sum + c * basis[measure](n, age / window), 0));
    expectClose("the past", memory.reconstruct(ages), want, 1e-12);
  });

  test.each(measures)("samples may come in pieces, in any kind of array: %s", (measure) => {
    const make = (): HippoMemory => new HippoMemory({ size: 8, measure });
    const [whole, pieces] = [make(), make()];
    whole.push(samples);
    pieces.push(samples.slice(0, 1));
    pieces.push([...samples.slice(1, 17)]);
    pieces.push(new Float32Array(0));
    pieces.push(samples.slice(17));
    expectSameBits("coefficients", pieces.coefficients, whole.coefficients);
    expect([whole.length, pieces.length]).toEqual([40, 40]);
    pieces.reset();
    expect([pieces.length, ...pieces.coefficients]).toEqual(new Array(9).fill(0));
    pieces.push(samples);
    expectSameBits("coefficients", pieces.coefficients, whole.coefficients);
  });

  test("its options are complete, and make the same memory again", () => {
    expect(new HippoMemory({ size: 4 }).options).toEqual({ size: 4, measure: "legs", step: 1, discretization: "bilinear" });
    const { options } = new HippoMemory({ size: 4, measure: "legt", step: 0.5 });
    expect(options).toEqual({ size: 4, measure: "legt", step: 0.5, window: 512, discretization: "bilinear" });
    expect(new HippoMemory(options).options).toEqual(options);
    expect(new HippoMemory(new HippoMemory({ size: 4 }).options).length).toBe(0);
  });

  test("what is refused", () => {
    expectRefusal(() => makeHippo(4, "legz" as never), { code: "option", names: "measure", says: [/legs/, /legz/] });
    expectRefusal(() => makeHippo(5, "fourier"), { names: "n", says: [5, /even/] });
    expectRefusal(() => new HippoMemory({} as HippoMemoryOptions), { code: "option", names: "size" });
    expectRefusal(() => new HippoMemory({ size: 2.5 }), { code: "option", names: "size", says: [2.5] });
    expectRefusal(() => new HippoMemory({ size: 5, measure: "fourier" }), { names: "n", says: [5] });
    expectRefusal(() => new HippoMemory({ size: 4, window: 9 }), { code: "option", names: "window", says: [9] });
    for (const key of ["window", "step"]) expectRefusal(() => new HippoMemory({ size: 4, measure: "legt", [key]: -1 }), { code: "option", names: key, says: [-1] });
    expectRefusal(() => new HippoMemory({ size: 4, discretization: "euler" as never }), { code: "option", names: "discretization", says: [/zoh/] });
    const memory = new HippoMemory({ size: 4, measure: "legt", window: 9 });
    expectRefusal(() => memory.push("1" as never), { code: "dtype", names: "samples" });
    expectRefusal(() => memory.reconstruct([9.5]), { code: "option", names: "ages", says: [9, 9.5] });
    expectRefusal(() => memory.reconstruct([-1]), { code: "option", names: "ages", says: [-1] });
    expectRefusal(() => memory.reconstruct([Number.NaN]), { code: "option", names: "ages" });
  });
});
