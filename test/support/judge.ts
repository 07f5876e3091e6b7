// Judges a scan by its definition, within what the plain serial loop of that precision is off.
import { type Dims } from "ssm-scan";
import { type DefinitionOptions } from "../reference/time.js";
import { expectClose, scanBound } from "./close.js";
import { dtypeOf, rounding } from "./precision.js";
import { type Inputs, type Result, type Scan } from "./scans.js";

/** Fails where a result of a scan is further from the definition than design and precision allow. */
export function expectDefined(scan: Scan, got: Result, inputs: Inputs, dims: Dims, options: DefinitionOptions = {}): void {
  const dtype = dtypeOf(inputs.b[0]!);
  const truth = scan.define(inputs, dims, options);
  const serial = scan.define(inputs, dims, { ...options, round: rounding[dtype] });
  expectClose("h", got.h, truth.h, scanBound(dtype, serial.h, truth.h));
  expectClose("state", got.state, truth.state, scanBound(dtype, serial.state, truth.state));
}
