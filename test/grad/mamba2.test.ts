// Mamba-2 on variables: what the layer gives, whatever its options, and gradients by central differences.
import { grad, init, type Mamba2, type Tensor } from "ssm-scan";
import { beforeAll, describe, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { differences } from "../support/differences.js";
import { cases } from "../support/mamba-layers.js";
import { generator, marks, uniform } from "../support/random.js";

describe.each(backends)("on %s", (backend) => {
  beforeAll(async () => {
    await init({ backend });
  });

  test.each(cases.filter(({ title }) => title.startsWith("Mamba2")).map((one) => [one.title, one] as const))("%s", (_, { make }) => {
    const layer = make({ dtype: "float64" }) as Mamba2;
    const random = generator(4);
    // Steps long enough for decays to count.
    const more = layer.options.dtLimit[1] === Infinity ? 3 : 0;
    const parameters = Object.fromEntries(
      Object.entries(layer.parameters()).map(([name, { dims, data }]) => [name, { dims, data: data.map((value) => value + 0.1 * random() + (name === "dt_bias" ? more : 0)) }]),
    );
    layer.loadParameters(parameters);
    const dims = { batch: 2, length: 6 };
    const u: Tensor = { dims: [2, 6, layer.dModel], data: uniform(random, "float64", 12 * layer.dModel) };
    for (const how of [{}, { reset: marks(random, 12) }, { lengths: Int32Array.of(6, 2) }]) {
      const y = grad.forward(layer, parameters, u, how);
      expectClose(`y with ${Object.keys(how).join() || "nothing"}`, y.data, layer.forward(u.data, dims, how).y, 1e-12);
    }
    const weights: Tensor = { dims: u.dims, data: uniform(random, "float64", u.data.length) };
    const reset = Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1);
    const loss = ({ u, ...variables }: Record<string, grad.Variable>): grad.Variable => grad.sum(grad.multiply(grad.forward(layer, variables, u!, { reset }), weights));
    const all: Record<string, Tensor> = { ...parameters, u };
    const { gradients } = grad.valueAndGrad(loss)(all);
    const truth = differences(all, (at) => grad.valueAndGrad(loss)(at).value);
    for (const name of Object.keys(all)) expectClose(name, gradients[name]!.data, truth[name]!, 1e-6);
  });
});
