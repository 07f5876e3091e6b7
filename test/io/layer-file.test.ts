// Layers and states as files: what is loaded computes the same bits, and what does not fit is named.
import { type Layer, loadBackend, loadLayer, loadState, loadTensors, S5Ssm, saveLayer, saveState, saveTensors, type Tensor, useBackend } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectSameBits } from "../support/close.js";
import { dtypes } from "../support/precision.js";
import { generator, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";
import { bidirectional, causal, title } from "../support/s5-layers.js";

const dims = { batch: 2, length: 7 };

/** The layer's parameters under other names, or others. */
const changed = (layer: Layer, change: (tensors: Record<string, Tensor>) => void, metadata: Record<string, string> = {}): Uint8Array => {
  const file = loadTensors(saveLayer(layer));
  change(file.tensors);
  return saveTensors(file.tensors, { ...file.metadata, ...metadata });
};

describe.each(backends)("on %s", (on) => {
  beforeAll(async () => useBackend(await loadBackend(on)));

  describe.each(dtypes)("in %s", (dtype) => {
    test.each([...causal, ...bidirectional].map((options) => [title(options), options] as const))("S5Ssm %s", (_, options) => {
      const layer = new S5Ssm({ ...options, dtype });
      layer.parameters()["D"]!.data[0]! += 0.5;
      const bytes = saveLayer(layer);
      const loaded = loadLayer(bytes);
      expect(loaded).toBeInstanceOf(S5Ssm);
      expect(loaded.options).toEqual(layer.options);
      expect(saveLayer(loaded)).toEqual(bytes);
      const u = uniform(generator(1), dtype, 2 * 7 * 5);
      expectSameBits("y", loaded.forward(u, dims).y, layer.forward(u, dims).y);
    });

    test("a state goes on where it was saved", () => {
      const layer = new S5Ssm({ ...causal[0]!, dtype });
      const u = uniform(generator(1), dtype, 2 * 7 * 5);
      const { state } = layer.forward(u, dims);
      const loaded = loadState(saveState(state));
      expectSameBits("state", [loaded["re"]!, loaded["im"]!], [state.re, state.im]);
      expectSameBits("y", layer.forward(u, dims, { state: loaded as typeof state }).y, layer.forward(u, dims, { state }).y);
    });
  });

  test("the file says what it is, in the reference's names", () => {
    const layer = new S5Ssm({ dModel: 2, ssmSize: 4 });
    const { tensors, metadata } = loadTensors(saveLayer(layer));
    expect(Object.keys(tensors).sort()).toEqual(["B", "C", "D", "Lambda_im", "Lambda_re", "log_step"]);
    expect(metadata).toMatchObject({ format: "ssm-scan", layer: "S5Ssm" });
    expect(JSON.parse(metadata["options"]!)).toEqual({
      ...{ dModel: 2, ssmSize: 4, blocks: 2, CInit: "trunc_standard_normal", discretization: "zoh", dtMin: 0.001, dtMax: 0.1 },
      ...{ conjSym: true, clipEigs: false, bidirectional: false, stepRescale: 1, dtype: "float32", seed: 0 },
    });
    expect(tensors["B"]!.dims).toEqual([2, 2, 2]);
  });

  const layer = (): S5Ssm => new S5Ssm({ dModel: 2, ssmSize: 4 });

  test("parameters that are missing or unexpected are named, unless not strict", () => {
    const file = changed(layer(), (tensors) => {
      tensors["E"] = tensors["D"]!;
      delete tensors["D"];
    });
    expectRefusal(() => loadLayer(file), { code: "file", says: [/missing: D;/, /unexpected: E$/] });
    expect(loadLayer(file, { strict: false }).parameters()["B"]!.data).toEqual(layer().parameters()["B"]!.data);
  });

  test("parameters may stand under a prefix, among others", () => {
    const own = loadTensors(saveLayer(layer()));
    const moved = Object.fromEntries(Object.entries(own.tensors).map(([name, tensor]) => [`seq.${name}`, tensor]));
    const file = saveTensors({ ...moved, "norm.scale": { dims: [1], data: Float32Array.of(1) } }, own.metadata);
    expect(saveLayer(loadLayer(file, { prefix: "seq." }))).toEqual(saveLayer(layer()));
    expectRefusal(() => loadLayer(file), { code: "file", says: [/missing: .*D/] });
  });

  const metadata: [string, Record<string, string>, (string | number | RegExp)[]][] = [
    ["another format", { format: "pt" }, ["`metadata.format`", '"pt"']],
    ["an unknown layer", { layer: "S6" }, ["`metadata.layer`", '"S6"', "S5Ssm"]],
    ["a layer called like Object's own", { layer: "constructor" }, ["`metadata.layer`"]],
    ["options that are no JSON", { options: "{" }, ["`metadata.options`"]],
    ["options that are null", { options: "null" }, ["`metadata.options`", "null"]],
    ["options that are a list", { options: "[]" }, ["`metadata.options`"]],
    ["an unknown option", { options: '{"dModel":2,"x":1}' }, ["`x`"]],
    ["an option of the wrong type", { options: '{"dModel":"2"}' }, ["`dModel`"]],
    ["an option that is infinite", { options: '{"dModel":2,"dtMax":"Infinity"}' }, ["`dtMax`", /got Infinity$/]],
    ["options of other shapes", { options: '{"dModel":3,"ssmSize":4}' }, [/is \[2, 2, 2\], expected \[2, 3, 2\]/]],
    ["options that would fill the memory", { options: '{"dModel":1000000000,"ssmSize":4}' }, ["`dModel`", 1000000000, 24]],
    ["states that would fill the memory", { options: '{"dModel":2,"ssmSize":1000000}' }, ["`ssmSize`", 1000000, 24]],
  ];

  test.each(metadata)("%s: refused", (_, change, says) => {
    expectRefusal(() => loadLayer(changed(layer(), () => {}, change)), { code: "file", says });
  });

  test("what is no file of a layer or a state is refused", () => {
    const tensors = saveTensors({ x: { dims: [1], data: Float32Array.of(1) } });
    expectRefusal(() => loadLayer(tensors), { code: "file", names: "metadata.format" });
    expectRefusal(() => loadState(tensors), { code: "file", names: "metadata.format" });
    expectRefusal(() => loadState(saveLayer(layer())), { code: "file", names: "metadata.format" });
    expectRefusal(() => loadLayer(new Uint8Array(3)), { code: "file" });
    expectRefusal(() => loadLayer(saveLayer(layer()), { strickt: true } as never), { code: "option", names: "strickt" });
  });

  test("what is no layer or no state is not saved", () => {
    expectRefusal(() => saveLayer({} as never), { code: "unsupported", names: "layer" });
    expectRefusal(() => saveState(undefined as never), { code: "dtype", names: "state" });
    expectRefusal(() => saveState({ re: [1] as never }), { code: "dtype", names: "re" });
  });
});
