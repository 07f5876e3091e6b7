// What a sequence does to a state, by definition: where it takes zero, and where each unit vector without inputs.
import type { Dims, Real } from "ssm-scan";
import { type Scan, type Summary } from "../support/scans.js";
import { type DefinitionOptions } from "./time.js";

export function summary(scan: Scan, inputs: Summary, dims: Dims, options: DefinitionOptions = {}): Summary {
  const { batch, channels } = dims;
  const width = scan.width(channels);
  const none = inputs.b.map((plane) => plane.slice().fill(0));
  const b = scan.define(inputs, dims, options).state;
  if (width === channels) {
    const one: Real[] = b.map((plane, p) => new Float64Array(plane.length).fill(p === 0 ? 1 : 0));
    return { a: scan.define({ ...inputs, b: none, state: one }, dims, options).state, b };
  }
  const A = new Float64Array(batch * width);
  for (let column = 0; column < channels; column++) {
    const unit = new Float64Array(batch * channels).map((_, i) => Number(i % channels === column));
    const image = scan.define({ ...inputs, b: none, state: [unit] }, dims, options).state[0]!;
    image.forEach((value, i) => (A[i * channels + column] = value));
  }
  return { a: [A], b };
}
