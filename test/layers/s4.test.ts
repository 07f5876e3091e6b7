// S4 and S4D: kernels, parameters that are written to between calls, readouts of a kernel's length.
import type { S4, S4D } from "ssm-scan";
import { expect, test } from "vitest";
import { s4Kernel, type S4Definition } from "../reference/s4.js";
import { expectClose } from "../support/close.js";
import { layers } from "../support/every-layer.js";
import { complexOf, definitions } from "../support/layer-definitions.js";
import { bounds, callOf, dims, modes, type Subject } from "../support/subject.js";
import { describeSubjects } from "../support/layer-laws.js";
import type { Dtype } from "../support/precision.js";

const subjects = layers.filter(({ title }) => title.startsWith("S4"));

function kernelLaws(subject: Subject, dtype: Dtype): void {
  const bound = bounds[dtype];
  const start = () => {
    const { layer, ...call } = callOf(subject, dtype);
    return { ...call, layer: layer as S4 | S4D };
  };
  const able = (can: (mode: Exclude<(typeof modes)[number], "auto">) => boolean) => modes.filter((mode) => mode === "auto" || can(mode));

  test("the kernel is that of the definition, at every length, for each head and way", () => {
    const { layer } = start();
    const parameters = "isReal" in layer.options && layer.options.isReal ? complexOf(layer.parameters()) : layer.parameters();
    for (const length of [0, 1, 2, 5, 16, 33]) {
      const want = s4Kernel(parameters, layer.options as S4Definition, length);
      expectClose(`kernel of ${length}`, layer.kernel(length), want, bound);
    }
    const { channels, bidirectional, dModel } = layer.options;
    expect(layer.kernel(9).length).toBe((bidirectional ? 2 : 1) * channels * dModel * 9);
  });

  test("a parameter that is written to counts in every mode, whatever was computed before", () => {
    const { layer, u, can } = start();
    const define = definitions[layer.constructor.name]!;
    for (const mode of able(can)) layer.forward(u, dims, { mode });
    for (const name of Object.keys(layer.parameters())) {
      if (name.endsWith("l_kernel")) continue;
      const { data } = layer.parameters()[name]!;
      data[data.length - 1]! += 0.25;
      if (/inv_dt|bias/.test(name)) data[0]! -= 0.125;
    }
    const want = define(layer, u, dims, {});
    for (const mode of able(can)) expectClose(`y, ${mode}`, layer.forward(u, dims, { mode }).y, want.y, bound);
  });

  if (!subject.title.startsWith("S4 ")) return;
  test("a cut readout is that of a kernel of `l_kernel` steps", () => {
    for (const length of [3, 40]) {
      const { layer, u, can } = start();
      layer.parameters()["layer.kernel.l_kernel"]!.data[0] = length;
      const want = definitions["S4"]!(layer, u, dims, {});
      // C is found by solving with I - A^l, which few steps make nearly singular.
      for (const mode of able(can)) expectClose(`y, ${mode}`, layer.forward(u, dims, { mode }).y, want.y, 10 * bound);
    }
  });
}

describeSubjects("kernels", subjects, kernelLaws);
