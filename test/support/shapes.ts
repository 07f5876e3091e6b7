// Shapes around every edge that a kernel has.
import type { Dims } from "ssm-scan";

/** All widths up to beyond four vectors. */
const widths = Array.from({ length: 33 }, (_, i) => ({ batch: 2, length: 5, channels: i + 1 }));

/** One, around a vector, around a chunk, and primes. */
const lengths = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 63, 64, 65, 127, 128, 129, 257].flatMap((length) =>
  [1, 3, 8].map((channels) => ({ batch: 1, length, channels })),
);

/** Nothing in an axis is legal. */
export const empty: Dims[] = [
  { batch: 0, length: 3, channels: 2 },
  { batch: 2, length: 0, channels: 3 },
  { batch: 2, length: 3, channels: 0 },
  { batch: 0, length: 0, channels: 0 },
];

export const shapes: Dims[] = [
  ...empty,
  ...widths,
  ...lengths,
  { batch: 3, length: 13, channels: 17 },
  { batch: 5, length: 2, channels: 64 },
  { batch: 1, length: 1031, channels: 2 },
];

export const label = ({ batch, length, channels }: Dims): string => `[${batch}, ${length}, ${channels}]`;
