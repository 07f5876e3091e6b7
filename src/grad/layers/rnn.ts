// The Elman RNN on variables.
import type { RnnOptions } from "../../layers/rnn.js";
import { add } from "../ops/arithmetic.js";
import { linear } from "../ops/matmul.js";
import { rnn as recurrence } from "../ops/rnn.js";
import type { Trace } from "./trace.js";

export const rnn: Trace<Required<RnnOptions>> = (_, own, u, { reset }) => {
  const x = add(linear(u, own["weight_ih_l0"]!, own["bias_ih_l0"]!), own["bias_hh_l0"]!);
  return recurrence(x, own["weight_hh_l0"]!, reset);
};
