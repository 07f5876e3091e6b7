// Every layer on variables: its values are those of the layer, its gradients those of its central differences.
import { grad, init, LinOss, type Layer, S4, S4D, ScanError, type Tensor } from "ssm-scan";
import { beforeAll, describe, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { derivative } from "../support/differences.js";
import { layers } from "../support/every-layer.js";
import { generator, marks, uniform } from "../support/random.js";
import { bounds, type Subject } from "../support/subject.js";

const dims = { batch: 2, length: 7 };
const s4 = { dModel: 3, dState: 4, dtMin: 0.05, dtMax: 0.5, seed: 1 };

/** With options that the laws of all layers do without. */
const more: readonly Subject[] = [
  ...[{ disc: "dss" }, { disc: "dss", bidirectional: true, isReal: true, init: "real" }, { disc: "dss", lMax: 4, realTransform: "none" }, { lMax: 5 }, { lMax: 4, bidirectional: true, rate: 2, disc: "bilinear" }, { bandlimit: 0.3 }].map(
    (options): Subject => ({ title: `S4D ${JSON.stringify(options)}`, make: (dtype) => new S4D({ ...s4, ...(options as object), dtype }) }),
  ),
  ...[{ cut: 5 }, { cut: 12, rate: 2, rank: 2, init: "legt" }, { lMax: 4, bidirectional: true }, { bandlimit: 0.3 }].map(
    ({ cut = 0, ...options }: { cut?: number }): Subject => ({
      title: `S4 ${JSON.stringify({ cut, ...options })}`,
      make(dtype) {
        const layer = new S4({ ...s4, ...(options as object), dtype });
        layer.parameters()["layer.kernel.l_kernel"]!.data[0] = cut;
        return layer;
      },
    }),
  ),
  { title: "LinOss with stiffness out of its bounds", make: (dtype) => outOfBounds(new LinOss({ dModel: 2, stateDim: 6, discretization: "IMEX", damping: true, dtype })) },
];

function outOfBounds(layer: LinOss): Layer {
  const { A_diag: stiffness, G_diag: friction } = layer.parameters();
  stiffness!.data.set([-1, 1e-3, 1e3, 2, 50, 0.2]);
  friction!.data.set([0.5, 2, 0.3, -1, 0.1, 1]);
  return layer;
}

/** What nobody trains: running statistics, how long a kernel is. */
const isConstant = (name: string): boolean => /batch_stats|l_kernel/.test(name);

const isUnsupported = (cause: unknown): boolean => cause instanceof ScanError && cause.code === "unsupported";

interface Case {
  layer: Layer;
  parameters: Record<string, Tensor>;
  u: Tensor;
  how: readonly { reset?: Uint8Array; lengths?: Int32Array }[];
}

/** Nothing where the layer cannot be trained. */
function caseOf(subject: Subject, dtype: "float32" | "float64"): Case | undefined {
  const layer = subject.make(dtype);
  const { dModel, dInput = dModel } = layer;
  const random = generator(6);
  const parameters = layer.parameters();
  for (const [name, { data }] of Object.entries(parameters)) {
    if (!isConstant(name)) data.set(data.map((value) => value * (1 + 0.1 * random()) + (/bias|scale/.test(name) ? 0.3 * random() : 0)));
  }
  const u = { dims: [dims.batch, dims.length, dInput], data: uniform(random, dtype, dims.batch * dims.length * dInput) };
  try {
    grad.forward(layer, parameters, u);
  } catch (cause) {
    if (isUnsupported(cause)) return undefined;
    throw cause;
  }
  const all = [{}, { reset: marks(random, dims.batch * dims.length, 0.3) }, { lengths: Int32Array.of(7, 3) }, { reset: marks(random, 14, 0.2), lengths: Int32Array.of(5, 7) }];
  return { layer, parameters, u, how: all.filter((how) => can(() => layer.forward(u.data, dims, how))) };
}

function can(call: () => unknown): boolean {
  try {
    call();
    return true;
  } catch (cause) {
    if (isUnsupported(cause)) return false;
    throw cause;
  }
}

describe.each(backends)("on %s", (backend) => {
  beforeAll(async () => {
    await init({ backend });
  });

  test.each([...layers, ...more].map((subject) => [subject.title, subject] as const))("%s", (_, subject) => {
    for (const dtype of ["float32", "float64"] as const) {
      const own = caseOf(subject, dtype);
      for (const how of own?.how ?? []) {
        const { layer, parameters, u } = own!;
        const name = `${dtype}, ${Object.keys(how).join() || "nothing more"}`;
        const y = layer.forward(u.data, dims, how).y.slice();
        expectClose(`y, ${name}`, grad.forward(layer, parameters, u, how).data, y, (subject.bound ?? bounds)[dtype]);
        if (dtype === "float64") expectGradients(own!, how, name);
      }
    }
  });
});

/** Along some random directions of every tensor, whose element-wise differences would take minutes. */
function expectGradients({ layer, parameters, u }: Case, how: object, name: string): void {
  const trained: Record<string, Tensor> = { ...Object.fromEntries(Object.entries(parameters).filter(([key]) => !isConstant(key))), u };
  const random = generator(5);
  const numbers = (count: number): Float64Array => Float64Array.from({ length: count }, () => 2 * random() - 1);
  const weights = numbers(layer.forward(u.data, dims, how).y.length);
  const { gradients } = grad.valueAndGrad(({ u, ...own }: Record<string, grad.Variable>) => {
    const y = grad.forward(layer, { ...parameters, ...own }, u!, how);
    return grad.sum(grad.multiply(y, { dims: y.dims, data: weights }));
  })(trained);
  const loss = (): number => dot(weights, layer.forward(u.data, dims, how).y);
  for (const [key, tensor] of Object.entries(trained)) {
    const directions = [0, 1, 2].map(() => numbers(tensor.data.length));
    const got = directions.map((direction) => dot(direction, gradients[key]!.data));
    const truth = directions.map((direction) => slope(tensor, direction, loss));
    // Differences of sums of about 1 are known to so many digits, gradients that are nearly 0 to fewer of their own.
    expectClose(`${key}, ${name}`, Float64Array.from(got), Float64Array.from(truth), 1e-6 + 2e-10 / Math.max(...truth.map(Math.abs)));
  }
}

const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number => Array.from(x).reduce((sum, value, i) => sum + value * y[i]!, 0);

/** How much `value` changes with a tensor along a direction; its data may move when the backend's memory grows. */
function slope(tensor: Tensor, direction: Float64Array, value: () => number): number {
  const before = tensor.data.slice();
  const found = derivative((step) => {
    tensor.data.set(before.map((own, i) => own + step * direction[i]!));
    return value();
  });
  tensor.data.set(before);
  return found;
}
