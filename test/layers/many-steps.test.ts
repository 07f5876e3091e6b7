// Many steps of every layer agree with its definition.
import { test } from "vitest";
import { expectClose } from "../support/close.js";
import { layers } from "../support/every-layer.js";
import { definitions } from "../support/layer-definitions.js";
import { callOf, type Subject } from "../support/subject.js";
import type { Dtype } from "../support/precision.js";
import { describeSubjects } from "../support/layer-laws.js";

const long = { batch: 1, length: 700 };
const bounds: Record<Dtype, number> = { float32: 5e-6, float64: 1e-12 };

function longLaws(subject: Subject, dtype: Dtype): void {
  test("from none of them to 700", () => {
    const { layer, u } = callOf(subject, dtype, long);
    const want = definitions[layer.constructor.name]!(layer, u, long, {});
    expectClose("y", layer.forward(u, long).y, want.y, (subject.bound ?? bounds)[dtype]);
  });
}

// S4's definition multiplies by its matrix at each step, which takes too long here; models have none.
const quick = layers.filter(({ title }) => !/^(S4|\w+Model) /.test(title) && !title.startsWith("S4D"));
describeSubjects("700 steps", quick, longLaws);
