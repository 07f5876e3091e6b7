// The selective scan against outputs of mamba's own reference.
import { type Complex, init, type Real, selectiveScan, selectiveScanBackward, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { fixture } from "../support/fixtures.js";
import { arrayOf, type Dtype, dtypes } from "../support/precision.js";

// Made in float32 by torch.
const bound = 5e-6;

/** The axes of a tensor in another order. */
function permuted({ dims, data }: Tensor, order: readonly number[]): Float64Array {
  const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((x, y) => x * y, 1));
  const sizes = order.map((axis) => dims[axis]!);
  return Float64Array.from(data, (_, i) => {
    let [rest, from] = [i, 0];
    for (let axis = order.length - 1; axis >= 0; axis--) {
      from += (rest % sizes[axis]!) * strides[order[axis]!]!;
      rest = Math.floor(rest / sizes[axis]!);
    }
    return data[from]!;
  });
}

/** A file's arrays as calls take them. */
async function read(file: string, dtype: Dtype) {
  const typed = (data: ArrayLike<number>): Real => arrayOf(dtype).from(data);
  const { tensors } = await fixture(file);
  const isComplex = "A_re" in tensors;
  const time = (key: string): Real => typed(permuted(tensors[key]!, [0, 2, 1]));
  const plain = (key: string): Real => typed(tensors[key]!.data);
  const coefficient = (key: string): Real | Complex => {
    const tensor = tensors[key]!;
    const [batch, groups, states, steps] = tensor.dims.length === 4 ? tensor.dims : [tensor.dims[0]!, 1, tensor.dims[1]!, tensor.dims[2]!];
    const whole: Tensor = { dims: [batch!, groups!, states!, steps!], data: tensor.data };
    if (!isComplex) return typed(permuted(whole, [0, 3, 1, 2]));
    const plane = (p: number): Real => typed(permuted({ ...whole, dims: [batch!, groups!, states!, steps! / 2], data: tensor.data.filter((_, i) => i % 2 === p) as Real }, [0, 3, 1, 2]));
    return { re: plane(0), im: plane(1) };
  };
  const [batch, channels, length] = tensors["u"]!.dims as [number, number, number];
  const A = isComplex ? { re: plain("A_re"), im: plain("A_im") } : plain("A");
  const inputs = { u: time("u"), dt: time("delta"), A, B: coefficient("B"), C: coefficient("C"), D: plain("D"), z: time("z"), dtBias: plain("delta_bias") };
  const groups = tensors["B"]!.dims.length === 4 ? tensors["B"]!.dims[1]! : 1;
  return { tensors, inputs, dims: { batch, length, channels, states: 8, groups }, time, plain, coefficient };
}

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("selectiveScan on %s in %s", (name, dtype) => {
  beforeAll(async () => {
    await init({ backend: name });
  });

  test.each(["selective_scan_ref", "selective_scan_ref_groups2", "selective_scan_ref_complex"])("agrees with %s", async (file) => {
    const { tensors, inputs, dims, time, plain } = await read(file, dtype);
    const { y, state } = selectiveScan(inputs, dims, { dtSoftplus: true });
    expectClose("y", y, time("y"), bound);
    if ("last_state" in tensors) expectClose("state", state as Real, plain("last_state"), bound);
    expect(file !== "selective_scan_ref" || "last_state" in tensors).toBe(true);
  });

  test("has the gradients of selective_scan_ref", async () => {
    const { inputs, dims, time, plain, coefficient } = await read("selective_scan_ref", dtype);
    const found = selectiveScanBackward(inputs, { y: time("ct") }, dims, { dtSoftplus: true });
    for (const [key, name] of [["u", "u"], ["dt", "delta"], ["z", "z"]] as const) expectClose(key, found[key]!, time(`grad.${name}`), 2e-5);
    for (const key of ["B", "C"] as const) expectClose(key, found[key] as Real, coefficient(`grad.${key}`) as Real, 2e-5);
    for (const [key, name] of [["A", "A"], ["D", "D"], ["dtBias", "delta_bias"]] as const) expectClose(key, found[key] as Real, plain(`grad.${name}`), 2e-5);
  });
});
