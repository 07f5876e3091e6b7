// The gradients of layers and models against those of their references.
import { ClassificationModel, grad, init, type Layer, LinOss, Lru, LruLayer, MinGru, MinLstm, RgLru, S4, S4D, S5Layer, S5Ssm, type Tensor } from "ssm-scan";
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
  /** How far gradients may be off in float64, of files that were made in float32. */
  bound?: (name: string) => number;
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

const single = () => 2e-5;
/** Of sums over all states and steps that nearly cancel, in float32. */
const s4Bound = (name: string): number => (/A_real|A_imag|inv_dt/.test(name) ? 2e-4 : 2e-5);

const s4 = (meta: Meta): { dModel: number; dState: number; bidirectional: boolean } => ({ dModel: meta["d_model"]!, dState: meta["d_state"]!, bidirectional: meta["bidirectional"] ?? false });

const kinds: readonly Kind[] = [
  { files: /^s5_(zoh|bilinear|clip)/, layer: (meta, dtype) => new S5Ssm({ ...s5(meta), dtype }) },
  {
    files: /^s5layer/,
    layer: (meta, dtype) => new S5Layer({ ...s5({ ...meta, step_rescale: 1 } as unknown as Meta), activation: meta["activation"]!, prenorm: meta["prenorm"]!, dtype }),
  },
  { files: /^lru$/, layer: (_, dtype) => new Lru({ dModel: 4, dHidden: 8, dtype }) },
  { files: /^lru_layer/, layer: (_, dtype) => new LruLayer({ dModel: 4, dHidden: 8, prenorm: true, dtype }) },
  {
    files: /^linoss/,
    layer: (meta, dtype) => new LinOss({ dModel: 4, stateDim: 8, discretization: meta["discretization"]!, damping: meta["damping"]!, dtype }),
  },
  { files: /^rglru$/, layer: (_, dtype) => new RgLru({ width: 8, numHeads: 2, dtype }), bound: single },
  ...([1, 1.5] as const).flatMap((expansionFactor): Kind[] => [
    { files: new RegExp(`^mingru_${expansionFactor.toFixed(1)}$`), layer: (_, dtype) => new MinGru({ dim: 6, expansionFactor, dtype }), bound: single },
    { files: new RegExp(`^minlstm_${expansionFactor.toFixed(1)}$`), layer: (_, dtype) => new MinLstm({ dim: 6, expansionFactor, dtype }), bound: single },
  ]),
  { files: /^s4_diag/, layer: (meta, dtype) => new S4D({ ...s4(meta), init: meta["init"]!, disc: meta["disc"] ?? "zoh", dtype }), bound: s4Bound },
  { files: /^s4_dplr/, layer: (meta, dtype) => new S4({ ...s4(meta), init: meta["init"]!, rank: meta["rank"] ?? 1, dtype }), bound: s4Bound },
];

const files = kinds.flatMap(({ files, layer, bound }) => fixtureNames.filter((name) => files.test(name)).map((name) => [name, layer, bound] as const));

/** Where documents begin, if the file says so. */
function resetOf(tensors: Record<string, Tensor>): { reset?: Uint8Array } {
  const positions = tensors["position_ids"];
  return positions === undefined ? {} : { reset: Uint8Array.from(positions.data, (position) => Number(Number(position) === 0)) };
}

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("on %s in %s", (backend, dtype) => {
  beforeAll(async () => {
    await init({ backend });
  });

  test.each(files)("%s", async (name, make, bound = (): number => (dtype === "float64" ? 1e-9 : 2e-5)) => {
    const { tensors, meta } = await fixture(name);
    const layer = make(meta as unknown as Meta, dtype);
    const own = Object.keys(layer.parameters());
    const as = ({ dims, data }: Tensor): Tensor => ({ dims, data: typed(dtype, data) });
    const parameters = Object.fromEntries(own.map((key) => [key, as(tensors[`params.${key}`]!)]));
    const x = as(tensors["x"]!);
    const ct = as(tensors["ct"]!);
    const loss = ({ x, ...variables }: Record<string, grad.Variable>): grad.Variable => {
      const y = grad.forward(layer, variables, grad.reshape(x!, [1, ...x!.dims].slice(-3)), resetOf(tensors));
      return grad.sum(grad.multiply(grad.reshape(y, ct.dims), ct));
    };
    const { gradients } = grad.valueAndGrad(loss)({ ...parameters, x });
    // How long a kernel is is no number to train, and files of S4 do not say how their input counts.
    for (const key of [...own, ...(name.startsWith("s4_") ? [] : ["x"])].filter((key) => !key.endsWith("l_kernel"))) {
      const truth = tensors[`grad.${key}`];
      expect(truth, key).toBeDefined();
      expectClose(key, gradients[key]!.data, truth!.data, bound(key));
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
