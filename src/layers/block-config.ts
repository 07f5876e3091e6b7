// Checks of the options that blocks have beside those of their layers.
import { aBoolean, type Check, type Checks, oneOf } from "../options.js";
import type { Activation } from "./activation.js";

const isFrom = (low: number, high: number, value: unknown): boolean => typeof value === "number" && value >= low && value < high;

const aMomentum: Check = (value) => (isFrom(0, 1, value) || value === 1 ? undefined : "a number from 0 to 1");
const aShare: Check = (value) => (isFrom(0, 1, value) ? undefined : "a number from 0 to below 1");

/** Those of {@link Activation} that the reference has. */
export type GatedActivation = Exclude<Activation, "none">;

const gated: Readonly<Record<GatedActivation, true>> = { gelu: true, full_glu: true, half_glu1: true, half_glu2: true };

/** Of all blocks. */
export const blockChecks: Checks = { prenorm: aBoolean, dropout: aShare };

/** Of blocks whose gate can be chosen. */
export const activationCheck: Check = oneOf(gated);

/** Of the weight of the past in running statistics. */
export const momentumCheck: Check = aMomentum;
