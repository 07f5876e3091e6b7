// Which parameters learn how fast, and which decay.
import type { Tensor } from "../arrays.js";

/** Parameters by name. */
export type Named = Record<string, Tensor>;

/** What an optimiser does otherwise for some parameters. */
export interface ParameterGroup {
  /** Whether a parameter of that name and shape belongs to it; the first group that says so counts. */
  match: (name: string, tensor: Tensor) => boolean;
  /** A multiplier of the learning rate; 1. */
  rate?: number;
  /** Instead of the optimiser's own. */
  weightDecay?: number;
}

/**
 * The names that the references train without weight decay and at a rate of their own: those of poles, steps and input
 * weights of S4, S4D, S5, LRU and LinOSS, and Mamba's A_log, D and dt.
 */
const systems = /(^|[._])(Lambda_re|Lambda_im|B|log_step|nu_log|theta_log|gamma_log|B_re|B_im|A_diag|G_diag|steps|A_real|A_imag|inv_dt|P|A_log|dt_bias)$|mixer\.D$|dt_proj\.bias$/;

const norms = /(^|\.)(norm|normalization|norm_f)\.(scale|bias|weight)$/;

/** The references' rule: systems at `rate` times the learning rate and without decay, norms and biases without decay. (S5 `create_train_state`.) */
export function systemGroups(rate = 1): ParameterGroup[] {
  return [
    { match: (name) => systems.test(name), rate, weightDecay: 0 },
    { match: (name) => norms.test(name) || name.endsWith("bias"), weightDecay: 0 },
  ];
}

/** Running statistics, which no optimiser moves. */
export const isStatistic = (name: string): boolean => name.startsWith("batch_stats.") || name.includes(".batch_stats.") || name.endsWith("l_kernel");
