// Reverse-mode gradients: operations on variables, and the functions that walk back.
export { checkpoint } from "./checkpoint.js";
export { forward } from "./layers/forward.js";
export type { TraceOptions } from "./layers/trace.js";
export { add, affine, divide, mean, multiply, subtract, sum } from "./ops/arithmetic.js";
export { batchNorm } from "./ops/batch-norm.js";
export { fromPairs, multiplyComplex, toPairs } from "./ops/complex.js";
export { diagonalSsm, type DiagonalSsmInputs, type DiagonalSsmOptions } from "./ops/diagonal-ssm.js";
export { discretize, type DiscretizeOptions } from "./ops/discretize.js";
export { dropout, type DropoutOptions } from "./ops/dropout.js";
export { cos, exp, gelu, geluErf, glu, log, reciprocal, relu, sigmoid, silu, sin, softplus, sqrt, tanh } from "./ops/elementwise.js";
export { crossEntropy, logSoftmax, meanSquaredError } from "./ops/losses.js";
export { linear, matmul, type MatmulOptions } from "./ops/matmul.js";
export { type BatchStatistics, frozenNorm, layerNorm, rmsNorm } from "./ops/norm.js";
export { lastOverTime, maskPadding, meanOverTime } from "./ops/pooling.js";
export { complexScan, type ComplexOperand, fftConv, linearScan, matrixScan } from "./ops/scans.js";
export { concatenate, embedding, gather, reshape, slice, transpose } from "./ops/shape.js";
export { type Operand, Tape, Variable } from "./tape.js";
export { type Loss, type Named, valueAndGrad } from "./value-and-grad.js";
