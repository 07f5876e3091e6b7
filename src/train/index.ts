// What trains: optimisers, learning rates, bounds on gradients.
export { AdamW, type AdamWOptions } from "./adamw.js";
export { clipByGlobalNorm, globalNorm } from "./clip.js";
export { type Named, type ParameterGroup, systemGroups } from "./groups.js";
export { cosine, type CosineOptions, type Schedule } from "./schedule.js";
export { Sgd, type SgdOptions } from "./sgd.js";
