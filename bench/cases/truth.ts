// The plain definitions in float64, which every result is judged by.
import type { Planes, Real } from "./inputs.js";
import { isLayer, layers } from "./layers/layers.js";
import { channelsOf, type Problem } from "./problem.js";

/** Planes of the result, named as their files are. */
export function truthOf(problem: Problem, inputs: Planes): Planes<Float64Array> {
  const { operator } = problem;
  if (isLayer(operator)) return layers[operator].truth(problem, inputs);
  switch (operator) {
    case "linear":
      return linear(problem, inputs);
    case "complex":
      return complex(problem, inputs);
    case "matrix":
      return matrix(problem, inputs);
    case "ssm":
      return ssm(problem, inputs);
  }
}

/** Calls `at(row, before)` in the order of time; `before` is the row that a row's state comes from, -1 at first. */
function overTime({ batch, length, reverse }: Problem, at: (row: number, before: number) => void): void {
  for (let sequence = 0; sequence < batch; sequence++) {
    for (let step = 0, before = -1; step < length; step++) {
      const row = sequence * length + (reverse ? length - 1 - step : step);
      at(row, before);
      before = row;
    }
  }
}

function linear(problem: Problem, planes: Planes): Planes<Float64Array> {
  const { a, b } = planes as { a: Real; b: Real };
  const channels = channelsOf(problem);
  const h = new Float64Array(b.length);
  const stride = problem.gates === "full" ? channels : 0;
  overTime(problem, (row, before) => {
    for (let c = 0; c < channels; c++) {
      const state = before < 0 ? 0 : h[before * channels + c]!;
      h[row * channels + c] = a[row * stride + c]! * state + b[row * channels + c]!;
    }
  });
  return { h };
}

function complex(problem: Problem, planes: Planes): Planes<Float64Array> {
  const plane = (name: string): Real => planes[name]!;
  const [aRe, aIm, bRe, bIm] = [plane("a.re"), plane("a.im"), plane("b.re"), plane("b.im")];
  const channels = channelsOf(problem);
  const re = new Float64Array(bRe.length);
  const im = new Float64Array(bRe.length);
  const stride = problem.gates === "full" ? channels : 0;
  overTime(problem, (row, before) => {
    for (let c = 0; c < channels; c++) {
      const i = row * channels + c;
      const last = before * channels + c;
      const gate = row * stride + c;
      const x = before < 0 ? 0 : re[last]!;
      const y = before < 0 ? 0 : im[last]!;
      re[i] = aRe[gate]! * x - aIm[gate]! * y + bRe[i]!;
      im[i] = aRe[gate]! * y + aIm[gate]! * x + bIm[i]!;
    }
  });
  return { "h.re": re, "h.im": im };
}

function matrix(problem: Problem, planes: Planes): Planes<Float64Array> {
  const { a, b } = planes as { a: Real; b: Real };
  const n = channelsOf(problem);
  const h = new Float64Array(b.length);
  overTime(problem, (row, before) => {
    for (let i = 0; i < n; i++) {
      let sum = b[row * n + i]!;
      for (let j = 0; j < n && before >= 0; j++) sum += a[(row * n + i) * n + j]! * h[before * n + j]!;
      h[row * n + i] = sum;
    }
  });
  return { h };
}

function ssm({ length, n = 1 }: Problem, planes: Planes): Planes<Float64Array> {
  const plane = (name: string): Real => planes[name]!;
  const [aRe, aIm, bRe, bIm] = [plane("a.re"), plane("a.im"), plane("b.re"), plane("b.im")];
  const [cRe, cIm, u] = [plane("c.re"), plane("c.im"), plane("u")];
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  const y = new Float64Array(length);
  for (let t = 0; t < length; t++) {
    let sum = 0;
    for (let s = 0; s < n; s++) {
      const before = re[s]!;
      re[s] = aRe[s]! * before - aIm[s]! * im[s]! + bRe[s]! * u[t]!;
      im[s] = aRe[s]! * im[s]! + aIm[s]! * before + bIm[s]! * u[t]!;
      sum += cRe[s]! * re[s]! - cIm[s]! * im[s]!;
    }
    y[t] = sum;
  }
  return { y };
}
