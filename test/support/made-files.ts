// Files in memory: what is read is counted, what is written is kept.
import type { Sink, Source } from "ssm-scan";

/** The bytes as a source that remembers the longest read. */
export function counted(bytes: Uint8Array): Source & { longest: number } {
  const source = {
    bytes: bytes.length,
    longest: 0,
    read(start: number, end: number): Uint8Array {
      if (start < 0 || end < start || end > bytes.length) throw new Error(`${start} to ${end} of ${bytes.length} bytes`);
      source.longest = Math.max(source.longest, end - start);
      return bytes.subarray(start, end);
    },
  };
  return source;
}

/** Keeps what is written. */
export class Kept implements Sink {
  bytes: Uint8Array = new Uint8Array();

  write(position: number, bytes: Uint8Array): void {
    const end = position + bytes.length;
    if (end > this.bytes.length) {
      const longer = new Uint8Array(end);
      longer.set(this.bytes);
      this.bytes = longer;
    }
    this.bytes.set(bytes, position);
  }
}

const characters = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));
const little = (value: number, bytes: number): number[] => Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);

/** An npy file with this text as its header. */
export function npyFile(header: string, data: ArrayLike<number> = [], { version = 1, length = header.length } = {}): Uint8Array {
  return Uint8Array.of(...characters("\x93NUMPY"), version, 0, ...little(length, version === 1 ? 2 : 4), ...characters(header), ...Array.from(data));
}

/** A chunk of a wav file. */
export const chunk = (name: string, content: ArrayLike<number>, size = content.length): number[] => [...characters(name), ...little(size, 4), ...Array.from(content), ...(content.length % 2 ? [0] : [])];

/** The content of a chunk "fmt ". */
export function format(kind: number, channels: number, bits: number, { block = (channels * bits) / 8, extension = [] as number[] } = {}): number[] {
  return [...little(kind, 2), ...little(channels, 2), ...little(8000, 4), ...little(8000 * block, 4), ...little(block, 2), ...little(bits, 2), ...extension];
}

/** A wav file of these chunks. */
export function wavFile(...chunks: readonly number[][]): Uint8Array {
  const content = [...characters("WAVE"), ...chunks.flat()];
  return Uint8Array.of(...characters("RIFF"), ...little(content.length, 4), ...content);
}
