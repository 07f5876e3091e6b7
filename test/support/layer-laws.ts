// The laws of layers, for every backend, every precision, every layer given.
import { init } from "ssm-scan";
import { beforeAll, describe } from "vitest";
import { backends } from "./backends.js";
import { type Dtype, dtypes } from "./precision.js";
import type { Subject } from "./subject.js";

export { copyOf } from "./subject.js";

/** Repeats a suite for every backend and precision. */
export function describeEach(name: string, suite: (dtype: Dtype) => void): void {
  const places = backends.flatMap((backend) => dtypes.map((dtype) => [backend, dtype] as const));
  describe.each(places)(`${name} on %s in %s`, (backend, dtype) => {
    beforeAll(async () => {
      await init({ backend });
    });
    suite(dtype);
  });
}

/** Repeats a suite for every layer as well. */
export function describeSubjects(name: string, subjects: readonly Subject[], suite: (subject: Subject, dtype: Dtype) => void): void {
  describeEach(name, (dtype) => {
    describe.each(subjects.map((each) => [each.title, each] as const))("%s", (_, subject) => {
      suite(subject, dtype);
    });
  });
}
