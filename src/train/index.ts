// What trains: optimisers, learning rates, bounds on gradients, tasks, trainings and their checkpoints.
export { type Random, random, type SeededRandom } from "../random.js";
export { AdamW, type AdamWOptions } from "./adamw.js";
export { checkpointBytes, type CheckpointDescription, describeCheckpoint, restore } from "./checkpoint.js";
export { clipByGlobalNorm, globalNorm } from "./clip.js";
export { fit, type TrainingEvent } from "./fit.js";
export { type Named, type ParameterGroup, systemGroups } from "./groups.js";
export type { Means, Score } from "./judge.js";
export type { LogEntry, Progress, StepResult } from "./progress.js";
export { cosine, type CosineOptions, type Schedule } from "./schedule.js";
export { Sgd, type SgdOptions } from "./sgd.js";
export type { Batch, DataSet, Task } from "./task.js";
export { digits, type DigitsOptions, type Images } from "./tasks/digits.js";
export type { GeneratedOptions } from "./tasks/generated.js";
export { inductionHeads, type InductionHeadsOptions } from "./tasks/induction-heads.js";
export { selectiveCopying, type SelectiveCopyingOptions } from "./tasks/selective-copying.js";
<<<<<<< HEAD
export { text, type TextOptions } from "./tasks/text.js";
export { type Trainable, trainable, type TrainableModel } from "./trainable.js";
=======
export { ngramBits } from "./ngram.js";
export { text, type TextOptions, type TextParts, textParts } from "./tasks/text.js";
export { type Trainable, trainable } from "./trainable.js";
>>>>>>> lm
export type { TrainingConfig, TrainingOptions } from "./training-options.js";
export { Training } from "./training.js";
