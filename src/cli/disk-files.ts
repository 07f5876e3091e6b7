// Files on the disk, in pieces; what is wrong with one is said after its name.
import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { ScanError, type Sink, type Source } from "../index.js";

/** Does something with the file at `path`; errors of the file and of the system begin with its name. */
export function about<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof ScanError) throw new ScanError(cause.code, `${path}: ${cause.message}`, { cause });
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new ScanError("file", `${path}: ${message.replace(/, \w+( '.*')?$/, "")}`, { cause });
  }
}

/** A file that is read. */
export class DiskSource implements Source {
  readonly #file: number;
  readonly bytes: number;

  constructor(path: string) {
    this.#file = openSync(path, "r");
    const found = fstatSync(this.#file);
    this.bytes = found.size;
    if (found.isFile()) return;
    this.close();
    throw new ScanError("file", "not a file that can be read in pieces");
  }

  read(start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - start);
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(this.#file, bytes, done, bytes.length - done, start + done);
      if (read === 0) throw new ScanError("file", `the file became shorter while it was read: it had ${this.bytes} bytes, and ends at ${start + done}`);
      done += read;
    }
    return bytes;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** A file that is written beside its place, and stands there only once it is whole. */
export class DiskSink implements Sink {
  readonly #path: string;
  readonly #part: string;
  #file: number | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#part = `${path}.${process.pid}.part`;
    this.#file = openSync(this.#part, "w");
  }

  write(position: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file!, bytes, done, bytes.length - done, position + done);
  }

  /** Puts the file in its place; should the power fail, there is the old file or the new one. */
  finish(): void {
    if (this.#file !== undefined) fsyncSync(this.#file);
    this.#close();
    renameSync(this.#part, this.#path);
  }

  /** Leaves nothing. */
  discard(): void {
    this.#close();
    rmSync(this.#part, { force: true });
  }

  #close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

/** Writes a file at once, as a {@link DiskSink} does. */
export function writeWhole(path: string, bytes: Uint8Array): void {
  about(path, () => {
    const sink = new DiskSink(path);
    try {
      sink.write(0, bytes);
      sink.finish();
    } catch (error) {
      sink.discard();
      throw error;
    }
  });
}
