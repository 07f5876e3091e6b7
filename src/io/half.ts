// Numbers of 16 bits: as float32, where every one of them is exact, and the nearest one of a float32.

/** How a number stands in 16 bits: as the upper half of a float32, or as an IEEE 754 half. */
export type ShortFormat = "bfloat16" | "float16";

/** Words of a format, as numbers. */
export function widen(format: ShortFormat, words: Uint16Array): Float32Array {
  return format === "float16" ? widenHalf(words) : widenBrain(words);
}

/** The nearest numbers of a format, ties to even; what is too large for it becomes infinite. */
export function narrow(format: ShortFormat, values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const words = new Uint16Array(values.length);
  const one = format === "float16" ? halfOf : brainOf;
  for (let i = 0; i < words.length; i++) words[i] = one(bits[i]!);
  return words;
}

/** Of a float32's bits. */
function brainOf(bits: number): number {
  if ((bits & 0x7fff_ffff) > 0x7f80_0000) return (bits >>> 16) | 0x40; // NaN stays one
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** Of a float32's bits. */
function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fff_ffff;
  if (size > 0x7f80_0000) return sign | 0x7e00;
  if (size >= 0x4780_0000) return sign | 0x7c00;
  const exponent = (size >>> 23) - 112;
  if (exponent > 0) return sign | ((size - (112 << 23) + 0xfff + ((size >>> 13) & 1)) >>> 13);
  if (exponent < -10) return sign;
  const fraction = (size & 0x7f_ffff) | 0x80_0000;
  const shift = 14 - exponent;
  const half = fraction >>> shift;
  const rest = fraction - half * 2 ** shift;
  const middle = 2 ** (shift - 1);
  return sign | (half + (rest > middle || (rest === middle && (half & 1) === 1) ? 1 : 0));
}

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
