// The gradients of layers and models against those of their references.
import { ClassificationModel, grad, init, type Layer, Lru, LruLayer, S5Layer, S5Ssm, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { fixture, fixtureNames } from "../support/fixtures.js";
import { type Dtype, dtypes, typed } from "../support/precision.js";

type Meta = Record<string, never>;

/** A kind of golden file: which, and the layer of one. */
interface Kind {
  files: RegExp;
  layer: (meta: Meta, dtype: Dtype) => Layer;
}

const s5 = (meta: Meta): ConstructorParameters<typeof S5Ssm>[0] => ({
  dModel: meta["H"]!,
  ssmSize: meta["P"]!,
  blocks: meta["blocks"]!,
  CInit: meta["C_init"]!,
  discretization: meta["discretization"]!,
  conjSym: meta["conj_sym"]!,
  bidirectional: meta["bidirectional"]!,
  clipEigs: meta["clip_eigs"] ?? false,
  stepRescale: meta["step_rescale"]!,
});

const kinds: readonly Kind[] = [
  { files: /^s5_(zoh|bilinear|clip)/, layer: (meta, dtype) => new S5Ssm({ ...s5(meta), dtype }) },
  {
    files: /^s5layer/,
    layer: (meta, dtype) => new S5Layer({ ...s5({ ...meta, step_rescale: 1 } as unknown as Meta), activation: meta["activation"]!, prenorm: meta["prenorm"]!, dtype }),
  },
  { files: /^lru$/, layer: (_, dtype) => new Lru({ dModel: 4, dHidden: 8, dtype }) },
  { files: /^lru_layer/, layer: (_, dtype) => new LruLayer({ dModel: 4, dHidden: 8, prenorm: true, dtype }) },
];

const files = kinds.flatMap(({ files, layer }) => fixtureNames.filter((name) => files.test(name)).map((name) => [name, layer] as const));

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("on %s in %s", (backend, dtype) => {
  beforeAll(async () => {
    await init({ backend });
  });

  test.each(files)("%s", async (name, make) => {
    const { tensors, meta } = await fixture(name);
    const layer = make(meta as unknown as Meta, dtype);
    const own = Object.keys(layer.parameters());
    const as = ({ dims, data }: Tensor): Tensor => ({ dims, data: typed(dtype, data) });
    const parameters = Object.fromEntries(own.map((key) => [key, as(tensors[`params.${key}`]!)]));
    const x = as(tensors["x"]!);
    const ct = as(tensors["ct"]!);
    const loss = ({ x, ...variables }: Record<string, grad.Variable>): grad.Variable => {
      const y = grad.forward(layer, variables, grad.reshape(x!, [1, ...x!.dims]));
      return grad.sum(grad.multiply(grad.reshape(y, ct.dims), ct));
    };
    const { gradients } = grad.valueAndGrad(loss)({ ...parameters, x });
    for (const key of [...own, "x"]) {
      const truth = tensors[`grad.${key}`];
      expect(truth, key).toBeDefined();
      expectClose(key, gradients[key]!.data, truth!.data, dtype === "float64" ? 1e-9 : 2e-5);
    }
  });

  test("s5_classifier_bn_bi", async () => {
    const { tensors } = await fixture("s5_classifier_bn_bi");
    const around = { nLayers: 2, dModel: 8, dInput: 3, dOutput: 4, norm: "batch", prenorm: true, activation: "half_glu1", dtype } as const;
    const model = new ClassificationModel({ ...around, layer: { name: "S5Ssm", options: { ssmSize: 8, blocks: 2, CInit: "lecun_normal", bidirectional: true } } });
    const as = (name: string): Tensor => ({ dims: tensors[name]!.dims, data: typed(dtype, tensors[name]!.data) });
    const own = Object.keys(model.parameters());
    const nameOf = (key: string): string => (`params.${key}` in tensors ? `params.${key}` : key);
    const [x, ct] = [as("x"), as("ct")];
    const loss = ({ x, ...variables }: Record<string, grad.Variable>): grad.Variable => grad.sum(grad.multiply(grad.logSoftmax(grad.forward(model, variables, x!)), ct));
    const { gradients } = grad.valueAndGrad(loss)({ ...Object.fromEntries(own.map((key) => [key, as(nameOf(key))])), x });
    // Running statistics are constants here.
    for (const key of [...own, "x"].filter((name) => !name.startsWith("batch_stats"))) {
      expectClose(key, gradients[key]!.data, tensors[`grad.${key}`]!.data, dtype === "float64" ? 1e-9 : 2e-5);
    }
  });
});
