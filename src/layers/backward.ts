// Sequences that are read from their ends.

/** Where sequences begin forwards, the one before them ends: there a backward scan starts from zero. [batch, length] */
export function beginsAsEnds(reset: Uint8Array, batch: number, length: number): Uint8Array {
  const ends = new Uint8Array(reset.length);
  for (let n = 0; n < batch; n++) ends.set(reset.subarray(n * length + 1, (n + 1) * length), n * length);
  return ends;
}
