// The textbook SSM on variables.
import type { SsmConfig } from "../../layers/ssm-config.js";
import { add, multiply } from "../ops/arithmetic.js";
import { cast } from "../ops/cast.js";
import { matmul } from "../ops/matmul.js";
import { matrixScan } from "../ops/scans.js";
import { discretizeSystem } from "../ops/system.js";
import type { Trace } from "./trace.js";

export const ssm: Trace<SsmConfig> = ({ discretization, dtype }, own, u, { reset }) => {
  const [A, B, logStep] = (["A", "B", "log_step"] as const).map((name) => cast(own[name]!, "float64"));
  const system = discretizeSystem(discretization, A!, B!, logStep!);
  const b = matmul(u, cast(system.B, dtype), { transposed: true });
  const x = matrixScan({ A: cast(system.A, dtype), b }, reset && { reset });
  return add(matmul(x, own["C"]!, { transposed: true }), multiply(u, own["D"]!));
};
