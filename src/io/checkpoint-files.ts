// The files of a checkpoint: in a folder, behind an address, or given by name.
import { checkKind } from "../arrays.js";
import { ScanError } from "../error.js";
import { type Source, sourceOf } from "./source.js";

/** A folder's path or file: URL (in Node), an http(s) address, or the files themselves by name. */
export type CheckpointSource = string | URL | ReadonlyMap<string, Uint8Array>;

/** A file that is read in pieces, and then closed. */
export interface OpenFile extends Source {
  close(): void;
}

/** Files by name. */
export interface CheckpointFiles {
  /** Where they are, for errors. */
  readonly place: string;
  /** The file of this name; nothing where there is none. */
  open(name: string): Promise<OpenFile | undefined>;
}

/** The files of a source. Nothing is downloaded but from an address that is given. */
export function checkpointFiles(call: string, source: CheckpointSource, fetcher: typeof fetch = globalThis.fetch): CheckpointFiles {
  if (source instanceof URL || (typeof source === "string" && /^(https?|file):\/\//i.test(source))) {
    const url = new URL(source);
    if (url.protocol === "file:") return folder(call, url);
    if (url.protocol === "http:" || url.protocol === "https:") return address(url, fetcher);
    throw new ScanError("option", `${call}: \`source\` has the protocol "${url.protocol}", expected file:, http: or https:`);
  }
  if (typeof source === "string" && source !== "") return folder(call, source);
  if (typeof (source as Partial<ReadonlyMap<string, Uint8Array>> | undefined)?.get === "function") return given(source as ReadonlyMap<string, Uint8Array>);
  throw new ScanError("option", `${call}: \`source\` must be a folder's path, a URL or a Map of files, got ${source === "" ? "an empty string" : String(source)}`);
}

function given(files: ReadonlyMap<string, Uint8Array>): CheckpointFiles {
  return {
    place: "the files given",
    async open(name) {
      const bytes = files.get(name);
      if (bytes === undefined) return undefined;
      checkKind(name, "Uint8Array", bytes);
      return { ...sourceOf(bytes), close() {} };
    },
  };
}

function address(base: URL, fetcher: typeof fetch): CheckpointFiles {
  return {
    place: base.href,
    async open(name) {
      const url = new URL(base);
      url.pathname = `${base.pathname.replace(/\/+$/, "")}/${name}`;
      try {
        const response = await fetcher(url.href);
        if (response.status === 404) return undefined;
        if (!response.ok) throw new ScanError("file", `the answer is ${response.status} ${response.statusText}`);
        return { ...sourceOf(await response.arrayBuffer()), close() {} };
      } catch (cause) {
        throw new ScanError("file", `${url.href}: ${reasonOf(cause)}`, { cause });
      }
    },
  };
}

/** What went wrong; of `fetch failed`, which says nothing, why. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== "" ? `${message}: ${cause.message}` : message;
}

interface Modules { "node:fs": typeof import("node:fs"); "node:path": typeof import("node:path"); "node:url": typeof import("node:url") }

/** A module of Node, asked for where it runs, so that no bundler looks for it. */
function nodeModule<K extends keyof Modules>(call: string, name: K): Modules[K] {
  const builtin = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process?.getBuiltinModule?.(name);
  if (builtin === undefined) throw new ScanError("unsupported", `${call}: a folder can be read in Node only; give an http(s) URL or a Map of files`);
  return builtin as Modules[K];
}

function folder(call: string, path: string | URL): CheckpointFiles {
  const { openSync } = nodeModule(call, "node:fs");
  const place = typeof path === "string" ? path : nodeModule(call, "node:url").fileURLToPath(path);
  const { join } = nodeModule(call, "node:path");
  return {
    place,
    async open(name) {
      const full = join(place, name);
      try {
        return fileOn(nodeModule(call, "node:fs"), openSync(full, "r"), full);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        if (cause instanceof ScanError) throw cause;
        throw new ScanError("file", `${full}: ${(cause as Error).message}`, { cause });
      }
    },
  };
}

function fileOn({ fstatSync, readSync, closeSync }: Modules["node:fs"], file: number, path: string): OpenFile {
  const found = fstatSync(file);
  if (!found.isFile()) {
    closeSync(file);
    throw new ScanError("file", `${path} is no file`);
  }
  return {
    bytes: found.size,
    read(start, end) {
      const bytes = new Uint8Array(end - start);
      for (let done = 0; done < bytes.length; ) {
        const count = readSync(file, bytes, done, bytes.length - done, start + done);
        if (count === 0) throw new ScanError("file", `${path} became shorter while it was read: it had ${found.size} bytes, and ends at ${start + done}`);
        done += count;
      }
      return bytes;
    },
    close: () => { closeSync(file); },
  };
}

/** The JSON in a file; Python's, which may have numbers that are infinite. Nothing where there is no such file. */
export async function jsonOf(files: CheckpointFiles, name: string): Promise<unknown> {
  const file = await files.open(name);
  if (file === undefined) return undefined;
  try {
    if (file.bytes > LONGEST) throw new ScanError("file", `${name} has ${file.bytes} bytes, more than ${LONGEST}`);
    const text = new TextDecoder().decode(file.read(0, file.bytes));
    return JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (part) => (part.startsWith('"') ? part : `"${part}"`)));
  } catch (cause) {
    if (cause instanceof ScanError) throw cause;
    throw new ScanError("file", `${name} is no JSON: ${(cause as Error).message.replace(/\s+/g, " ")}`, { cause }); // which may hold lines of the text
  } finally {
    file.close();
  }
}

/** No configuration and no tokenizer is longer. */
const LONGEST = 2 ** 28;
