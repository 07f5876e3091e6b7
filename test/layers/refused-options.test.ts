// Each option of each layer and model, given what it cannot be: refused by name, with what it was given.
import { ClassificationModel, init, LinearRnn, LinOss, Lru, LruLayer, MinGru, MinLstm, RgLru, Rnn, S4, S4D, S5Layer, S5Ssm, SequenceModel, Ssm } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectRefusal } from "../support/refusal.js";

type Constructor = new (options: never) => { readonly options: object };

/** What an option of a kind cannot be. */
const wrong = {
  count: [0, -1, 1.5, Number.NaN, Infinity, 2 ** 53, "8", true, null, [2]],
  limit: [0, -1, 1.5, Number.NaN, "4"],
  part: [0, -1, Number.NaN, "4"],
  positive: [0, -1, Number.NaN, Infinity, "1", null],
  radius: [-0.5, 1.5, Number.NaN, "0", null],
  share: [-0.5, 1, Number.NaN, "0", null],
  momentum: [-0.5, 1.5, Number.NaN, "1", null],
  number: [Number.NaN, Infinity, "1", null, {}],
  flag: [0, 1, "true", null],
  choice: ["none of them", "constructor", "", 1, null, true],
  layer: ["S5Ssm", 5, true],
} as const;
type Kind = keyof typeof wrong;

const kinds: Record<Kind, string> = {
  count: "dModel dim width ssmSize blocks dHidden stateDim numHeads hiddenSize stateSize dState channels nSsm rank nLayers dInput dOutput",
  limit: "lMax",
  part: "bandlimit",
  positive: "dtMin dtMax dt stepRescale rate expansionFactor wInitVarianceScale thetaMax",
  radius: "rMin rMax",
  share: "dropout",
  momentum: "bnMomentum",
  number: "seed",
  flag: "conjSym clipEigs bidirectional dtTie damping projOut prenorm batchnorm padded isReal",
  choice: "dtype CInit discretization init disc dtTransform realTransform imagTransform activation finalAct norm mode stepMode",
  layer: "layer",
};
const kindOf = (option: string): Kind => (Object.keys(kinds) as Kind[]).find((kind) => kinds[kind].split(" ").includes(option)) ?? expect.fail(`no kind for ${option}`);

const layer = { name: "Rnn" } as const;
/** Classes with options that they take, and options that the complete ones do not show. */
const classes: [string, Constructor, object, string[]?][] = [
  ["S5Ssm", S5Ssm, { dModel: 4, ssmSize: 8 }],
  ["S5Layer", S5Layer, { dModel: 4, ssmSize: 8 }],
  ["Lru", Lru, { dModel: 4 }],
  ["LruLayer", LruLayer, { dModel: 4 }],
  ["LinOss", LinOss, { dModel: 4 }],
  ["MinGru", MinGru, { dModel: 4 }, ["dim"]],
  ["MinLstm", MinLstm, { dModel: 4 }, ["dim"]],
  ["RgLru", RgLru, { dModel: 4 }, ["width"]],
  ["Rnn", Rnn, { dModel: 4 }],
  ["LinearRnn", LinearRnn, { dModel: 4 }],
  ["Ssm", Ssm, { dModel: 4 }, ["dt"]],
  ["S4", S4, { dModel: 4 }],
  ["S4D", S4D, { dModel: 4 }],
  ["SequenceModel", SequenceModel, { dModel: 4, nLayers: 1, layer }, ["batchnorm"]],
  ["ClassificationModel", ClassificationModel, { dModel: 4, nLayers: 1, dOutput: 2, layer }, ["batchnorm"]],
];

/** LinearRnn's phases may have any sign; LinOss's radius is above zero. */
const exceptions: Record<string, Record<string, readonly unknown[]>> = {
  Lru: { maxPhase: wrong.positive },
  LruLayer: { maxPhase: wrong.positive },
  LinearRnn: { maxPhase: wrong.number },
  LinOss: { rMin: [0, ...wrong.radius] },
};

/** Options that do not go together: which is named, and what is said. */
const together: [string, Constructor, object, string, (string | number | RegExp)[]][] = [
  ["S5Ssm", S5Ssm, { dModel: 3, ssmSize: 9, blocks: 2 }, "ssmSize", [9, 2]],
  ["S5Ssm", S5Ssm, { dModel: 3, ssmSize: 6, blocks: 2 }, "ssmSize", [6, 2, /conj/]],
  ["S5Ssm", S5Ssm, { dModel: 3, dtMin: 0.2, dtMax: 0.1 }, "dtMin", [0.2, 0.1]],
  ["S5Layer", S5Layer, { dModel: 3, ssmSize: 9 }, "ssmSize", [9]],
  ["Lru", Lru, { dModel: 3, rMin: 0.75, rMax: 0.5 }, "rMin", [0.75, 0.5]],
  ["LruLayer", LruLayer, { dModel: 3, rMin: 0.75, rMax: 0.5 }, "rMin", [0.75, 0.5]],
  ["LinOss", LinOss, { dModel: 3, damping: true }, "damping", [/"IMEX"/, /"IM"/]],
  ["MinGru", MinGru, { dModel: 4, dim: 5 }, "dim", [4, 5]],
  ["MinGru", MinGru, { dim: 4, expansionFactor: 0.2 }, "expansionFactor", [0.2, 4]],
  ["RgLru", RgLru, { dModel: 4, width: 5 }, "width", [4, 5]],
  ["RgLru", RgLru, { width: 9, numHeads: 2 }, "numHeads", [9, 2]],
  ["LinearRnn", LinearRnn, { dModel: 4, rMin: 0.9, rMax: 0.5 }, "rMin", [0.9, 0.5]],
  ["Ssm", Ssm, { dModel: 2, dtMin: 1, dtMax: 0.5 }, "dtMin", [1, 0.5]],
  ["Ssm", Ssm, { dModel: 2, init: "fourier", stateSize: 7 }, "stateSize", [7, 2]],
  ...(["S4", "S4D"] as const).flatMap((name): typeof together => {
    const Class = { S4, S4D }[name];
    return [
      [name, Class, { dModel: 4, dState: 7 }, "dState", [7, 2]],
      [name, Class, { dModel: 4, nSsm: 3 }, "nSsm", [3, 4]],
      [name, Class, { dModel: 4, dtMin: 0.2, dtMax: 0.1 }, "dtMin", [0.2, 0.1]],
    ];
  }),
  ["S4", S4, { dModel: 2, init: "legt" }, "rank", [1, 2]],
  ["S4D", S4D, { dModel: 2, init: "real", realTransform: "sigmoid" }, "realTransform", [/sigmoid/, 1]],
];

const shown = (value: unknown): RegExp => new RegExp(`(?<![\\w.])${String(value).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);

describe.each(backends)("on %s", (backend) => {
  beforeAll(async () => {
    await init({ backend });
  });

  test.each(together)("%s: %o, which do not go together", (_, Class, options, names, says) => {
    expectRefusal(() => new Class(options as never), { code: "option", names, says });
  });

  test("what goes together after all", () => {
    expect(new S5Ssm({ dModel: 3, ssmSize: 6, blocks: 2, conjSym: false }).dModel).toBe(3);
    expect(new MinLstm({ dModel: 4, dim: 4 }).dModel).toBe(4);
  });

  describe.each(classes)("%s", (name, Class, right, hidden = []) => {
    const make = (more: object) => () => new Class({ ...right, ...more } as never);
    let options: string[] = [];

    beforeAll(() => {
      options = [...Object.keys(make({})().options), ...hidden];
    });

    test("each option, given what it cannot be", () => {
      for (const option of options) {
        const own = exceptions[name]?.[option];
        const list = own === undefined && kindOf(option) === "choice" ? [/one of "\w+"(, "[\w-]+")+/] : [];
        for (const value of own ?? wrong[kindOf(option)]) {
          expectRefusal(make({ [option]: value }), { code: "option", names: option, says: [...list, ...(typeof value === "object" ? [] : [shown(value)])] });
        }
      }
    });

    test("an option left undefined is one left out", () => {
      const none = Object.fromEntries(options.filter((option) => !Object.hasOwn(right, option)).map((option) => [option, undefined]));
      expect(make(none)().options).toEqual(make({})().options);
      const required = Object.keys(right).filter((option) => option !== "ssmSize");
      for (const option of required) expectRefusal(make({ [option]: undefined }), { code: "option", names: option });
    });

    test("options that there are not", () => {
      const snake = options.map((option) => option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).filter((option) => option.includes("_"));
      for (const option of [...snake, "constructor", "dmodel", "reverse"]) expectRefusal(make({ [option]: 1 }), { code: "option", names: option, says: [/dModel/] });
      for (const value of [null, 5, "dModel"]) expectRefusal(() => new Class(value as never), { code: "option", says: [String(value)] });
      expectRefusal(() => new Class(undefined as never), { code: "option" });
    });
  });
});
