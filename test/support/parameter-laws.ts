// The laws of what layers are made of: seeds, parameters, options, files.
import { type Layer, loadLayer, loadState, type Real, saveLayer, saveState } from "ssm-scan";
import { expect, test } from "vitest";
import { distance, expectSameBits } from "./close.js";
import type { Dtype } from "./precision.js";
import { callOf, dims, planesOf, type Subject } from "./subject.js";

/** Copies: views of the backend's memory end where it grows. */
const values = (layer: Layer): Real[] => Object.values(layer.parameters()).map(({ data }) => data.slice());

/** A number that says how C is stored, not one that is learned. */
const isCount = (name: string): boolean => name.endsWith("l_kernel");

/** Seeds, parameters, options, files. */
export function parameterLaws(subject: Subject, dtype: Dtype): void {
  test("a seed gives the same layer again, another one another", () => {
    const [one, same, other] = [7, 7, 8].map((seed) => values(subject.make(dtype, seed)));
    expectSameBits("parameters", same!, one!);
    expect(one!.some((data, i) => distance(other![i]!, data) > 0)).toBe(true);
  });

  test("each parameter is live, and all load into another layer", () => {
    const { layer, u } = callOf(subject, dtype);
    const run = (of = layer): Real => of.forward(u, dims).y;
    const before = run();
    for (const [key, { data }] of Object.entries(layer.parameters())) {
      if (isCount(key)) continue;
      const kept = data.slice();
      data.forEach((x, i) => (data[i] = x * 1.25 + 0.02));
      expect(distance(run(), before), key).toBeGreaterThan(1e-9);
      layer.parameters()[key]!.data.set(kept);
      expectSameBits(`y without the change of ${key}`, run(), before);
    }
    const other = subject.make(dtype, 8);
    other.loadParameters(layer.parameters());
    expectSameBits("y of the other", run(other), before);
  });

  test("options are complete, and make the layer again", () => {
    const layer = subject.make(dtype, 9);
    const kept = JSON.parse(JSON.stringify(layer.options)) as object;
    expect(kept).toMatchObject({ dModel: layer.dModel, dtype, seed: 9 });
    const again = new (layer.constructor as new (options: object) => Layer)(kept);
    expect(JSON.parse(JSON.stringify(again.options))).toEqual(kept);
    expectSameBits("parameters", values(again), values(layer));
  });

  test("a file of it computes the same, from a file of its state", () => {
    const { layer, u, state } = callOf(subject, dtype);
    const bytes = saveLayer(layer);
    const loaded = loadLayer(bytes);
    expect(loaded).toBeInstanceOf(layer.constructor);
    expect(saveLayer(loaded)).toEqual(bytes);
    const want = layer.forward(u, dims, state && { state });
    const got = loaded.forward(u, dims, state && { state: loadState(saveState(state)) });
    expectSameBits("y and state", [got.y, ...planesOf(got.state)], [want.y, ...planesOf(want.state)]);
  });
}
