export { type Complex, type Dtype, fromTensor, type Input, type Real, type Resident, type Tensor } from "./arrays.js";
export type { Backend, BackendName, InitOptions } from "./backend/backend.js";
export { currentBackend, init, loadBackend, useBackend } from "./backend/current.js";
export type { Dims } from "./dims.js";
export { type ErrorCode, ScanError } from "./error.js";
export { type DplrHippo, makeDplrHippo, makeHippo } from "./init/hippo.js";
export type { CInit } from "./init/s5.js";
export type { ForwardOptions, Layer, LayerOptions, LoadOptions, Mode } from "./layers/layer.js";
export { LinearRnn, type LinearRnnOptions, type LinearRnnState } from "./layers/linear-rnn.js";
export { MinGru, type MinGruOptions, type MinGruState } from "./layers/min-gru.js";
export { MinLstm, type MinLstmOptions, type MinLstmState } from "./layers/min-lstm.js";
export { RgLru, type RgLruOptions, type RgLruState } from "./layers/rg-lru.js";
export { Rnn, type RnnOptions, type RnnState } from "./layers/rnn.js";
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
