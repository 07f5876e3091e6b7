// What S4 and S4D make of their systems' outputs.
import type { Real, Resident } from "../arrays.js";
import type { Engine } from "../backend/backend.js";
import type { Parameters } from "./parameters.js";
import { dense, pointwise } from "./rows.js";
import { activations, type S4Config } from "./s4-config.js";
import type { Scratch } from "./scratch.js";

/** The activation, the weights and their activation: `mixed` [rows, channels, dModel] to `y` [rows, dModel]. */
export function output(backend: Engine, scratch: Scratch, { activation, finalAct, channels, dModel }: S4Config, own: Parameters, rows: number, mixed: Resident, y: Real): void {
  const x = scratch.array(backend, "activated", mixed.length);
  pointwise(backend, activations[activation], { x: mixed }, x);
  const [weight, bias] = [own["output_linear.0.weight"]!.resident, own["output_linear.0.bias"]!.resident];
  const total = finalAct === "glu" ? 2 * dModel : dModel;
  const shape = { rows, inputs: channels * dModel, outputs: dModel, total };
  const linear = scratch.array(backend, "linear", rows * dModel);
  dense(backend, shape, { x, weight, bias }, linear);
  if (finalAct !== "glu") return pointwise(backend, activations[finalAct], { x: linear }, y);
  const gate = scratch.array(backend, "gate", rows * dModel);
  dense(backend, { ...shape, first: dModel }, { x, weight, bias }, gate);
  pointwise(backend, "sigmoid", { x: gate, times: linear }, y);
}
