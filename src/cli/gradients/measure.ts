// How much of a gradient arrives.
import { grad, type Layer } from "../../index.js";
import { random } from "../../random.js";

/** Norms by distance. */
export interface Curve {
  /** Steps between an input and the last output. */
  distances: readonly number[];
  /** The root mean square, over the last output's features, of the norm of the gradient with respect to that input. */
  norms: readonly number[];
}

/** Distances below `length`, so many for each factor of 10, and the last one. */
export function distancesTo(length: number, perDecade: number): number[] {
  const found = new Set([0]);
  for (let k = 0; ; k++) {
    const distance = Math.round(10 ** (k / perDecade));
    if (distance >= length - 1) break;
    found.add(distance);
  }
  return [...found.add(Math.max(length - 1, 0))];
}

/** Of a layer at inputs that are standard normal; each feature of the last output has a sequence of its own in one batch. */
export function measure(layer: Layer, length: number, distances: readonly number[], seed: number): Curve {
  const { dModel, dOutput = dModel } = layer;
  const { normal } = random(seed);
  const one = Float64Array.from({ length: length * dModel }, normal);
  const data = new Float64Array(dOutput * one.length);
  const picked = new Float64Array(dOutput * length * dOutput);
  for (let k = 0; k < dOutput; k++) {
    data.set(one, k * one.length);
    picked[(k * length + length - 1) * dOutput + k] = 1;
  }
  const tape = new grad.Tape();
  const u = tape.variable({ dims: [dOutput, length, dModel], data });
  const y = grad.forward(layer, layer.parameters(), u);
  const gradient = tape.gradients(grad.sum(grad.multiply(y, { dims: [dOutput, length, dOutput], data: picked }))).get(u)!;
  const norms = distances.map((distance) => {
    let sum = 0;
    for (let k = 0; k < dOutput; k++) {
      const first = (k * length + length - 1 - distance) * dModel;
      for (let i = 0; i < dModel; i++) sum += gradient[first + i]! ** 2;
    }
    return Math.sqrt(sum / dOutput);
  });
  return { distances, norms };
}

/** A thousandth, and a thousand times, of what there is at distance 1. */
const FAR = 1000;

/** What becomes of a gradient, in a word. */
export function verdictOf({ distances, norms }: Curve): string {
  const near = norms[Math.min(1, norms.length - 1)]!;
  const beyond = norms.findIndex((norm, i) => i > 0 && !(norm > near / FAR && norm < near * FAR));
  if (beyond < 0) return "holds";
  return `${norms[beyond]! < near ? "vanishes" : "explodes"} by ${distances[beyond]}`;
}
