// What a layer with a short convolution and a recurrence computes: rows in, rows out, states from one call to the next.
import type { Input, Real } from "../arrays.js";
import type { Engine } from "../backend/backend.js";

/** States: the convolution's last inputs, [sequences, channels, dConv - 1], oldest first, and the recurrence's. */
export type MixerState = Record<"conv" | "ssm", Real>;

/** Steps of sequences, all of them valid. */
export interface MixerSteps {
  engine: Engine;
  /** [batch, length, dModel] */
  u: Input;
  batch: number;
  length: number;
  /** The states that enter, of as many sequences as there are; zero if left out. */
  state?: MixerState | undefined;
  /** [batch, length] */
  reset?: Uint8Array | undefined;
  /** Where sequences begin and end that are packed into a batch of 1. */
  cuSeqlens?: Int32Array | undefined;
}

/** A layer without what is around it: checks, padding, parameters. */
export interface Mixer {
  /** Elements of each array of the state of one sequence. */
  readonly state: Readonly<Record<"conv" | "ssm", number>>;
  /** Fills y, [batch, length, dModel], and the states that leave, which may not be those that enter. */
  run(steps: MixerSteps, y: Input, leaving: MixerState): void;
  /** One step of `batch` sequences: u, y [batch, dModel]; moves the state. */
  step(engine: Engine, batch: number, u: Input, state: MixerState, y: Input): void;
}

/** Arguments that may be undefined as ones that may be left out, which to operators is the same. */
export type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

export const given = <T extends object>(args: T): Given<T> => args as Given<T>;
