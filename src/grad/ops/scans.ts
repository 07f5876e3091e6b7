// The scans, and what carries gradients back through them: scans that run the other way.
import type { Complex, Real } from "../../arrays.js";
import { complexScan as runComplex } from "../../ops/complex-scan.js";
import { fftConv as runFftConv } from "../../ops/fft-conv.js";
import { fftConvBackward } from "../../ops/fft-conv-backward.js";
import { linearScan as runLinear } from "../../ops/linear-scan.js";
import { matrixScan as runMatrix } from "../../ops/matrix-scan.js";
import { complexScanBackward, linearScanBackward, matrixScanBackward } from "../../ops/scan-backward.js";
import type { ScanOptions } from "../../ops/scan-options.js";
import { listed } from "../operands.js";
import { axes } from "../shapes.js";
import { type Operand, tapeOf, type Variable } from "../tape.js";

/** Complex numbers as two operands of one shape. */
export interface ComplexOperand<T = Operand> {
  re: T;
  im: T;
}

/** Every state h [batch, length, channels] of `h = a h' + b`; a: the same, [length, channels] or [channels]; state: [batch, channels]. */
export function linearScan(inputs: { a: Operand; b: Operand; state?: Operand }, options?: ScanOptions): Variable {
  const { a, b, state } = inputs;
  const [batch, length, channels] = axes("linearScan", "b", b, 3) as Axes;
  const dims = { batch, length, channels };
  const given = { a: a.data, b: b.data, ...(state && { state: state.data }) };
  const { h } = runLinear<Real>(given, dims, options);
  return tapeOf(listed(a, b, state)).record(listed(a, b, state), b.dims, h, (gradient) => {
    const found = linearScanBackward<Real>({ ...given, h }, { h: gradient }, dims, options);
    return [found.a, found.b, found.state];
  });
}

/** The same with matrices; A: [batch, length, n, n], [length, n, n] or [n, n]; b, h: [batch, length, n]; state: [batch, n]. */
export function matrixScan(inputs: { A: Operand; b: Operand; state?: Operand }, options?: ScanOptions): Variable {
  const { A, b, state } = inputs;
  const [batch, length, n] = axes("matrixScan", "b", b, 3) as Axes;
  const dims = { batch, length, n };
  const given = { A: A.data, b: b.data, ...(state && { state: state.data }) };
  const { h } = runMatrix<Real>(given, dims, options);
  return tapeOf(listed(A, b, state)).record(listed(A, b, state), b.dims, h, (gradient) => {
    const found = matrixScanBackward<Real>({ ...given, h }, { h: gradient }, dims, options);
    return [found.A, found.b, found.state];
  });
}

/** The same of complex numbers. */
export function complexScan(inputs: { a: ComplexOperand; b: ComplexOperand; state?: ComplexOperand }, options?: ScanOptions): ComplexOperand<Variable> {
  const { a, b, state } = inputs;
  const [batch, length, channels] = axes("complexScan", "b.re", b.re, 3) as Axes;
  const dims = { batch, length, channels };
  const planes = ({ re, im }: ComplexOperand): Complex => ({ re: re.data, im: im.data });
  const given = { a: planes(a), b: planes(b), ...(state && { state: planes(state) }) };
  const { h } = runComplex<Real>(given, dims, options);
  const operands = listed(a.re, a.im, b.re, b.im, state?.re, state?.im);
  const results = [h.re, h.im].map((data) => ({ dims: b.re.dims, data }));
  const [re, im] = tapeOf(operands).recordAll(operands, results, (...[re, im]) => {
    const found = complexScanBackward<Real>({ ...given, h }, { h: { re: re!, im: im! } }, dims, options);
    return [found.a.re, found.a.im, found.b.re, found.b.im, found.state?.re, found.state?.im];
  });
  return { re: re!, im: im! };
}

/** Causal convolutions: u [batch, length, channels], kernel [channels, kernelLength]. */
export function fftConv(u: Operand, kernel: Operand): Variable {
  const [batch, length, channels] = axes("fftConv", "u", u, 3) as Axes;
  const dims = { batch, length, channels, kernelLength: kernel.dims[1] ?? 0 };
  const given = { u: u.data, kernel: kernel.data };
  const { y } = runFftConv<Real>(given, dims);
  return tapeOf([u, kernel]).record([u, kernel], u.dims, y, (gradient) => {
    const found = fftConvBackward<Real>(given, { y: gradient }, dims);
    return [found.u, found.kernel];
  });
}

type Axes = [number, number, number];
