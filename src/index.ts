export { type Complex, type Dtype, fromTensor, type Input, type Real, type Resident, type Tensor } from "./arrays.js";
export type { Backend, BackendName, InitOptions } from "./backend/backend.js";
export { currentBackend, init, loadBackend, useBackend } from "./backend/current.js";
export type { Dims } from "./dims.js";
export { type ErrorCode, ScanError } from "./error.js";
export { type DplrHippo, makeDplrHippo, makeHippo } from "./init/hippo.js";
export type { CInit } from "./init/s5.js";
export { loadLayer, saveLayer } from "./io/layer-file.js";
export { NpyReader } from "./io/npy-reader.js";
export { NpyWriter } from "./io/npy-writer.js";
export type { RowReader } from "./io/rows.js";
export type { Sink, Source } from "./io/source.js";
export { loadState, saveState } from "./io/state-file.js";
export { loadTensors, saveTensors, type TensorFile } from "./io/tensors.js";
export { WavReader } from "./io/wav-reader.js";
export type { ForwardOptions, Layer, LayerOptions, LoadOptions, Mode } from "./layers/layer.js";
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
