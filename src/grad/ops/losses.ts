// Losses: how far results are from what they should be.
import { zeros } from "../../arrays.js";
import { ScanError } from "../../error.js";
import { logSumExp } from "../../log-sum-exp.js";
import { checkShape, rowsOf, widthOf } from "../shapes.js";
import { commonDtype, type Operand, tapeOf, type Variable } from "../tape.js";

/**
 * The mean of -log softmax(logits)[label] over rows, in nats: logits [..., classes], a label for each row; rows of a negative
 * label do not count.
 */
export function crossEntropy(logits: Operand, labels: Int32Array): Variable {
  const dtype = commonDtype("crossEntropy", [logits]);
  const [rows, classes] = [rowsOf(logits), widthOf(logits)];
  if (labels.length !== rows) throw new ScanError("shape", `crossEntropy: \`labels\` has ${labels.length} elements, expected ${rows}`);
  const bad = labels.find((label) => label >= classes);
  if (bad !== undefined) throw new ScanError("shape", `crossEntropy: label ${bad} is not below the ${classes} classes there are`);
  const { data } = logits;
  const counted = labels.reduce((count, label) => count + Number(label >= 0), 0);
  const slope = zeros(dtype, data.length);
  let total = 0;
  labels.forEach((label, row) => {
    if (label < 0) return;
    const own = data.subarray(row * classes, (row + 1) * classes);
    const shift = logSumExp(own);
    total += shift - own[label]!;
    for (let k = 0; k < classes; k++) slope[row * classes + k] = (Math.exp(own[k]! - shift) - Number(k === label)) / counted;
  });
  const loss = zeros(dtype, 1).fill(counted === 0 ? 0 : total / counted);
  return tapeOf([logits]).record([logits], [], loss, ([gradient]) => [slope.map((value) => value * gradient!)]);
}

/** ln softmax of every row of logits [..., classes]. */
export function logSoftmax(logits: Operand): Variable {
  const classes = widthOf(logits);
  const y = logits.data.slice();
  for (let first = 0; first < y.length; first += classes) {
    const row = y.subarray(first, first + classes);
    const shift = logSumExp(row);
    for (let k = 0; k < classes; k++) row[k]! -= shift;
  }
  return tapeOf([logits]).record([logits], logits.dims, y, (gradient) => {
    const dx = gradient.slice();
    for (let first = 0; first < y.length; first += classes) {
      let sum = 0;
      for (let k = first; k < first + classes; k++) sum += gradient[k]!;
      for (let k = first; k < first + classes; k++) dx[k]! -= Math.exp(y[k]!) * sum;
    }
    return [dx];
  });
}

/** The mean of (x - target)^2; shapes alike. */
export function meanSquaredError(x: Operand, target: Operand): Variable {
  const dtype = commonDtype("meanSquaredError", [x, target]);
  checkShape("meanSquaredError", "target", target, x.dims);
  const apart = x.data.map((value, i) => value - target.data[i]!);
  let total = 0;
  for (const value of apart) total += value * value;
  const count = Math.max(apart.length, 1);
  return tapeOf([x, target]).record([x, target], [], zeros(dtype, 1).fill(total / count), ([gradient]) => {
    const dx = apart.map((value) => (2 * value * gradient!) / count);
    return [dx, dx.map((value) => -value)];
  });
}
