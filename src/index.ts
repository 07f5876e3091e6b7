export { type Complex, type Dtype, fromTensor, type Input, type Real, type Resident, type Tensor } from "./arrays.js";
export type { Backend, BackendName, InitOptions } from "./backend/backend.js";
export { currentBackend, init, loadBackend, useBackend } from "./backend/current.js";
export type { Dims } from "./dims.js";
export { type ErrorCode, ScanError } from "./error.js";
export * as grad from "./grad/index.js";
export { type DplrHippo, type HippoMeasure, makeDplrHippo, makeHippo } from "./init/hippo.js";
export type { TransformName } from "./init/positive.js";
export { type DiagonalInit, diagonalInit, type DiagonalInitName, type DplrInit, dplrInit, type DplrInitName } from "./init/s4.js";
export type { CInit } from "./init/s5.js";
export { NpyReader } from "./io/npy-reader.js";
export { NpyWriter } from "./io/npy-writer.js";
export type { CheckpointSource } from "./io/checkpoint-files.js";
export type { RowReader } from "./io/rows.js";
export type { Sink, Source } from "./io/source.js";
export { loadState, saveState } from "./io/state-file.js";
export { loadTensors, saveTensors, type TensorFile } from "./io/tensors.js";
export { WavReader } from "./io/wav-reader.js";
export type { Activation } from "./layers/activation.js";
export type { GatedActivation } from "./layers/block-config.js";
export { HippoMemory, type HippoMemoryOptions } from "./layers/hippo-memory.js";
export type { ForwardOptions, Layer, LayerOptions, LoadOptions, Mode } from "./layers/layer.js";
export { LinearRnn, type LinearRnnOptions, type LinearRnnState } from "./layers/linear-rnn.js";
export { LinOss, type LinOssOptions, type LinOssState } from "./layers/linoss.js";
export { LruLayer, type LruLayerOptions } from "./layers/lru-layer.js";
export { Lru, type LruOptions, type LruState } from "./layers/lru.js";
export type { Mamba2Config, Mamba2Options, MambaConfig, MambaOptions } from "./layers/mamba-config.js";
export { Mamba, type MambaState } from "./layers/mamba.js";
export { Mamba2, type Mamba2State } from "./layers/mamba2.js";
export { MinGru, type MinGruOptions, type MinGruState } from "./layers/min-gru.js";
export { MinLstm, type MinLstmOptions, type MinLstmState } from "./layers/min-lstm.js";
export type { MambaForwardOptions } from "./layers/mixer-layer.js";
export type { LayerName, LayerSpec } from "./layers/registry.js";
export { RgLru, type RgLruOptions, type RgLruState } from "./layers/rg-lru.js";
export { Rnn, type RnnOptions, type RnnState } from "./layers/rnn.js";
export type { NormKind } from "./layers/rows.js";
export type { S4ForwardOptions } from "./layers/s4-block.js";
export type { S4BlockOptions } from "./layers/s4-config.js";
export type { S4State } from "./layers/s4-states.js";
export { S4, type S4Options } from "./layers/s4.js";
export { S4D, type S4DOptions } from "./layers/s4d.js";
export { S5Layer, type S5LayerOptions } from "./layers/s5-layer.js";
export { S5Ssm, type S5SsmOptions, type S5State } from "./layers/s5-ssm.js";
export { Ssm, type SsmInit, type SsmOptions, type SsmState } from "./layers/ssm.js";
export { ClassificationModel, type ClassificationModelOptions } from "./models/classification-model.js";
export type { LanguageForwardOptions, LogitsOf } from "./models/language-arguments.js";
export type { LanguageConfig, MambaLanguageModelOptions } from "./models/language-config.js";
export type { CausalLMOptions, LanguageState, PretrainedOptions } from "./models/causal-lm.js";
export type { WeightFormat } from "./models/checkpoint-tensor.js";
export type { GenerateOptions } from "./models/generate.js";
export { loadCausalLM } from "./models/load-causal-lm.js";
export { MambaForCausalLM, type MambaForCausalLMOptions } from "./models/mamba-for-causal-lm.js";
export { Mamba2ForCausalLM, type Mamba2ForCausalLMOptions } from "./models/mamba2-for-causal-lm.js";
export { saveCausalLM } from "./models/save-causal-lm.js";
export type { SamplingOptions } from "./models/sampling.js";
export { byteTokenizer, loadTokenizer, TextStream, type Tokenizer } from "./models/tokenizer.js";
export { loadLayer, saveLayer } from "./models/layer-file.js";
export { type LanguageResult, MambaLanguageModel } from "./models/mamba-language-model.js";
export type { LayerFactory, StackOptions } from "./models/model-config.js";
export type { Pooling } from "./models/pooling.js";
export { SequenceModel, type SequenceModelOptions } from "./models/sequence-model.js";
export { associativeScan } from "./ops/associative-scan.js";
export { causalConv1dBackward, type CausalConv1dGradients } from "./ops/causal-conv1d-backward.js";
export { causalConv1d, type CausalConv1dDims, type CausalConv1dInputs, type CausalConv1dOptions } from "./ops/causal-conv1d.js";
export {
  combineComplex,
  type ComplexInput,
  complexScan,
  type ComplexScanInputs,
  type ComplexScanOptions,
  summarizeComplex,
} from "./ops/complex-scan.js";
export { fftConvBackward } from "./ops/fft-conv-backward.js";
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
export { complexScanBackward, type ComplexScanGradients, linearScanBackward, matrixScanBackward, type ScanGradients } from "./ops/scan-backward.js";
export type { ScanOptions } from "./ops/scan-options.js";
export { selectiveScanBackward, type SelectiveScanGradients, type SelectiveScanInputGradients } from "./ops/selective-scan-backward.js";
export { type SelectiveDims, selectiveScan, type SelectiveScanInputs, type SelectiveScanOptions, type SelectiveScanResult } from "./ops/selective-scan.js";
export { selectiveStep, type SelectiveStepDims, type SelectiveStepInputs, type SelectiveStepOptions } from "./ops/selective-step.js";
export * as train from "./train/index.js";
export { ssdBackward, type SsdGradients, type SsdInputGradients } from "./ops/ssd-backward.js";
export { ssd, type SsdDims, type SsdInputs, type SsdOptions } from "./ops/ssd.js";
