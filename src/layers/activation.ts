// What follows a sequence layer within a block: an activation, a gate, the way round both.
import type { Input, Real, Resident } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import type { Parameters } from "./parameters.js";
import { dense, pointwise } from "./rows.js";
import type { Scratch } from "./scratch.js";

/**
 * What a block makes of the output s of its layer, with g = gelu(s): "gelu" g, "full_glu" out1(g) sigmoid(out2(g)),
 * "half_glu1" g sigmoid(out2(g)), "half_glu2" s sigmoid(out2(g)), "none" s itself.
 */
export type Activation = "gelu" | "full_glu" | "half_glu1" | "half_glu2" | "none";

/** Where a block's signals and weights are; signals are [rows, width]. */
export interface Place {
  engine: Engine;
  scratch: Scratch;
  parameters: Parameters;
  rows: number;
  width: number;
}

interface Way {
  /** The dense layers that it has. */
  dense: readonly ("out1" | "out2")[];
  /** `y = f(s) + plus`. */
  run(place: Place, s: Real, plus: Real, y: Input): void;
}

/** All of them by name. */
export const activations: Readonly<Record<Activation, Way>> = {
  gelu: {
    dense: [],
    run: ({ engine }, s, plus, y) => { pointwise(engine, "gelu", { x: s, plus }, y); },
  },
  full_glu: {
    dense: ["out1", "out2"],
    run: (place, s, plus, y) => {
      const g = gelu(place, s);
      gate(place, g, through(place, "out1", g), plus, y);
    },
  },
  half_glu1: {
    dense: ["out2"],
    run: (place, s, plus, y) => {
      const g = gelu(place, s);
      gate(place, g, g, plus, y);
    },
  },
  half_glu2: {
    dense: ["out2"],
    run: (place, s, plus, y) => { gate(place, gelu(place, s), s, plus, y); },
  },
  none: {
    dense: [],
    run: ({ engine }, s, plus, y) => { pointwise(engine, "identity", { x: s, plus }, y); },
  },
};

function signal({ engine, scratch, rows, width }: Place, name: string): Resident {
  return scratch.array(engine, name, rows * width);
}

function gelu(place: Place, s: Real): Resident {
  const g = signal(place, "gelu");
  pointwise(place.engine, "gelu", { x: s }, g);
  return g;
}

function through(place: Place, name: string, x: Input): Resident {
  const { engine, parameters, rows, width } = place;
  const y = signal(place, name);
  const weights = { weight: parameters[`${name}.kernel`]!.resident, bias: parameters[`${name}.bias`]!.resident };
  dense(engine, { rows, inputs: width, outputs: width, transposed: true }, { x, ...weights }, y);
  return y;
}

function gate(place: Place, g: Resident, times: Input, plus: Real, y: Input): void {
  pointwise(place.engine, "sigmoid", { x: through(place, "out2", g), times, plus }, y);
}
