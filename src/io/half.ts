// Numbers of 16 bits, as float32: every one of them is exact there.

/** IEEE 754 halves. */
export function widenHalf(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  const all = table();
  for (let i = 0; i < halves.length; i++) values[i] = all[halves[i]!]!;
  return values;
}

/** Brain floats: the upper half of a float32. */
export function widenBrain(brains: Uint16Array): Float32Array {
  const bits = new Uint32Array(brains.length);
  for (let i = 0; i < brains.length; i++) bits[i] = brains[i]! << 16;
  return new Float32Array(bits.buffer);
}

let known: Float32Array | undefined;

/** Every half. */
function table(): Float32Array {
  return (known ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => half(bits)));
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
