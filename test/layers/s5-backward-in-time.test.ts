// Which interval a step has where the S5 layer runs backward in time.
import { init, type Real, S5Ssm } from "ssm-scan";
import { beforeAll, describe, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { flipped } from "../support/pieces.js";
import { generator, uniform } from "../support/random.js";
import { bidirectional, title } from "../support/s5-layers.js";

const one = { batch: 1, length: 23 };
const H = 5;

describe.each(backends)("S5Ssm on %s", (name) => {
  beforeAll(async () => {
    await init({ backend: name });
  });

  test.each(bidirectional.filter(({ CInit }) => CInit !== "complex_normal").map((options) => [title(options), options] as const))(
    "a step has the interval to the one after it, and the last one the first interval: %s",
    (_, options) => {
      const random = generator(8);
      const layer = new S5Ssm({ ...options, dtype: "float64" });
      const u = uniform(random, "float64", one.length * H);
      const dt = uniform(random, "float64", one.length, 0.1, 3);
      const later = dt.map((_interval, t) => dt[(t + 1) % one.length]!);
      const { C1, C2, ...shared } = layer.parameters();
      const causal = (C: typeof C1, input: Real, intervals: Real): Real => {
        const half = new S5Ssm({ ...options, bidirectional: false, dtype: "float64" });
        half.loadParameters({ ...shared, C: C!, D: { dims: [H], data: new Float64Array(H) } });
        return half.forward(input, one, { dt: intervals }).y;
      };
      const turned = (of: Real, width: number): Real => flipped([of], one, width)[0]!;
      const ahead = causal(C1, u, dt);
      const behind = turned(causal(C2, turned(u, H), turned(later, 1)), H);
      const D = shared["D"]!.data;
      const sum = u.map((value, i) => ahead[i]! + behind[i]! + D[i % H]! * value);
      expectClose("y", layer.forward(u, one, { dt }).y, sum, 1e-12);
    },
  );
});
