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

/** Of a layer at inputs that are standard normal; each of the last output's first dModel features has a sequence of its own in one batch. */
export function measure(layer: Layer, length: number, distances: readonly number[], seed: number): Curve {
  const { dModel, dOutput = dModel } = layer;
  const count = Math.min(dModel, dOutput);
  const { normal } = random(seed);
  const one = Float64Array.from({ length: length * dModel }, normal);
  const data = new Float64Array(count * one.length);
  const picked = new Float64Array(count * length * dOutput);
  for (let k = 0; k < count; k++) {
    data.set(one, k * one.length);
    picked[(k * length + length - 1) * dOutput + k] = 1;
  }
  const tape = new grad.Tape();
  const u = tape.variable({ dims: [count, length, dModel], data });
  const y = grad.forward(layer, layer.parameters(), u);
  const gradient = tape.gradients(grad.sum(grad.multiply(y, { dims: [count, length, dOutput], data: picked }))).get(u)!;
  const norms = distances.map((distance) => {
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const first = (k * length + length - 1 - distance) * dModel;
      for (let i = 0; i < dModel; i++) sum += gradient[first + i]! ** 2;
    }
    return Math.sqrt(sum / count);
  });
  return { distances, norms };
}

/** Where what is near ends: there short convolutions no longer count. */
const NEAR = 10;

/** A thousandth, and a thousand times, of what there is then. */
const FAR = 1000;

/** What becomes of a gradient, in a word. */
export function verdictOf({ distances, norms }: Curve): string {
  const near = distances.findLastIndex((distance) => distance <= NEAR);
  const beyond = norms.findIndex((norm, i) => i > near && !(norm > norms[near]! / FAR && norm < norms[near]! * FAR));
  if (beyond < 0) return "holds";
  return `${norms[beyond]! < norms[near]! ? "vanishes" : "explodes"} by ${distances[beyond]}`;
}
