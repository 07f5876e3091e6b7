// minGRU, minLSTM and RG-LRU against the outputs of their references.
import { init, type Layer, type LayerOptions, MinGru, MinLstm, RgLru, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { type Definition, minGru, minLstm, recurrent, rgLru } from "../reference/recurrent.js";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { fixture } from "../support/fixtures.js";
import { dtypes, typed } from "../support/precision.js";

interface Golden {
  dims: { batch: number; length: number };
  make(options: LayerOptions): Layer;
  define(parameters: Record<string, Tensor>): Definition;
  /** Names of what is true: the reference's parallel form is less precise than its steps. */
  y: string;
  state: string;
}

const min = { dims: { batch: 2, length: 16 }, y: "y_step", state: "h_last" };
const golden: [string, Golden][] = [
  ["mingru_1.0", { ...min, make: (options) => new MinGru({ dim: 6, ...options }), define: minGru }],
  ["mingru_1.5", { ...min, make: (options) => new MinGru({ dim: 6, expansionFactor: 1.5, ...options }), define: minGru }],
  ["minlstm_1.0", { ...min, make: (options) => new MinLstm({ dim: 6, ...options }), define: minLstm }],
  ["minlstm_1.5", { ...min, make: (options) => new MinLstm({ dim: 6, expansionFactor: 1.5, ...options }), define: minLstm }],
  ["rglru", { dims: { batch: 2, length: 10 }, make: (options) => new RgLru({ width: 8, numHeads: 2, ...options }), define: rgLru, y: "y", state: "last_state" }],
];

/** Made in f32. */
const bound = 5e-6;

function parametersOf(tensors: Record<string, Tensor>): Record<string, Tensor> {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith("params."));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice("params.".length), tensor]));
}

/** Where documents start, if the file says so; that sequences start at 0 goes without saying. */
function resetOf(tensors: Record<string, Tensor>): { reset?: Uint8Array } {
  const positions = tensors["position_ids"];
  if (positions === undefined) return {};
  const reset = Uint8Array.from(positions.data, Number).map((position) => Number(position === 0));
  expect(reset.filter((mark) => mark === 1).length, "documents").toBeGreaterThan(2);
  return { reset };
}

test.each(golden)("the definition gives what the reference gives: %s", async (name, { dims, define, y, state }) => {
  const { tensors } = await fixture(name);
  const want = recurrent(define(parametersOf(tensors)), tensors["x"]!.data, dims, resetOf(tensors));
  expectClose("y", want.y, tensors[y]!.data, bound);
  expectClose("state", want.state["h"]!, tensors[state]!.data, bound);
});

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("on %s in %s", (backend, dtype) => {
  beforeAll(async () => {
    await init({ backend });
  });

  test.each(golden)("%s", async (name, { dims, make, y, state }) => {
    const { tensors } = await fixture(name);
    const layer = make({ dtype });
    layer.loadParameters(tensors, { prefix: "params.", strict: false });
    layer.loadParameters(parametersOf(tensors));
    const { reset } = resetOf(tensors);
    const got = layer.forward(typed(dtype, tensors["x"]!.data), dims, reset && { reset });
    expectClose("y", got.y, tensors[y]!.data, bound);
    expectClose("state", got.state["h"]!, tensors[state]!.data, bound);
    // Where the first steps are marked and where they are not is one thing.
    const unmarked = reset?.map((mark, i) => (i % dims.length === 0 ? 0 : mark));
    expectClose("y unmarked", layer.forward(typed(dtype, tensors["x"]!.data), dims, unmarked && { reset: unmarked }).y, got.y, 0);
  });
});
