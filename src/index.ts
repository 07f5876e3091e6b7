export { type Complex, type Dtype, fromTensor, type Input, type Real, type Resident, type Tensor } from "./arrays.js";
export type { Backend, BackendName, InitOptions } from "./backend/backend.js";
export { currentBackend, init, loadBackend, useBackend } from "./backend/current.js";
export type { Dims } from "./dims.js";
export { type ErrorCode, ScanError } from "./error.js";
export { type DplrHippo, makeDplrHippo, makeHippo } from "./init/hippo.js";
export { type DiagonalInit, diagonalInit, type DiagonalInitName, type DplrInit, dplrInit, type DplrInitName } from "./init/s4.js";
export type { TransformName } from "./init/positive.js";
export type { CInit } from "./init/s5.js";
export type { ForwardOptions, Layer, LayerOptions, LoadOptions, Mode } from "./layers/layer.js";
export { S4, type S4Options } from "./layers/s4.js";
export type { S4ForwardOptions } from "./layers/s4-block.js";
export type { S4BlockOptions } from "./layers/s4-config.js";
export type { S4State } from "./layers/s4-states.js";
export { S4D, type S4DOptions } from "./layers/s4d.js";
export { S5Ssm, type S5SsmOptions, type S5State } from "./layers/s5-ssm.js";
export { associativeScan } from "./ops/associative-scan.js";
export {
  combineComplex,
  type ComplexInput,
  complexScan,
  type ComplexScanInputs,
  type ComplexScanOptions,
  summarizeComplex,
} from "./ops/complex-scan.js";
export { fftConv, type FftConvDims, type FftConvInputs, type FftConvOptions } from "./ops/fft-conv.js";
export { combineLinear, linearScan, type LinearScanInputs, type LinearScanOptions, summarizeLinear } from "./ops/linear-scan.js";
export {
  combineMatrix,
  type MatrixDims,
  matrixScan,
  type MatrixScanInputs,
  type MatrixScanOptions,
  summarizeMatrix,
} from "./ops/matrix-scan.js";
export type { ScanOptions } from "./ops/scan-options.js";
