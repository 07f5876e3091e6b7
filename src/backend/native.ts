// The addon as a backend, in Node.
import { createRequire } from "node:module";
import { checkResident, dataOf, type Dtype, type Input, type Real, type Resident, zeros } from "../arrays.js";
import { ScanError } from "../error.js";
import type { Conversions, Engine, InitOptions, Inputs, KernelName, Words } from "./backend.js";
import { scanError } from "./thrown.js";
import { version } from "../version.js";

interface AddonEngine {
  readonly threads: number;
  readonly features: string[];
  readonly version: string;
}

type Addon = Record<KernelName | keyof Conversions, (engine: AddonEngine, ...rest: unknown[]) => unknown> & {
  Engine: new (threads: number) => AddonEngine;
};

/** Loads the addon, or throws what `require` threw. */
export function loadNative(options: InitOptions): Engine {
  const addon = createRequire(import.meta.url)("../native/index.cjs") as unknown as Addon;
  const engine = new addon.Engine(options.threads ?? 0);
  if (engine.version !== version) {
    throw new ScanError("backend", `the addon is of version ${engine.version}, the package of ${version}`);
  }
  return {
    name: "native",
    features: engine.features,
    threads: engine.threads,
    deterministic: options.deterministic ?? false,
    resident: (dtype, length) => new OrdinaryResident(dtype, length),
    words: (words) => new OrdinaryWords(words),
    call(kernel, numbers, inputs, outputs) {
      try {
        const args: unknown[] = [engine];
        for (const number of numbers) args.push(number);
        for (const name in inputs) args.push(viewOf(inputs[name]));
        for (const name in outputs) args.push(viewOf(outputs[name]));
        // Cheaper than a spread, and a short call is mostly such things.
        Reflect.apply(addon[kernel], addon, args);
      } catch (cause) {
        throw scanError(kernel, cause);
      }
    },
    convert(kernel, ...args) {
      try {
        return addon[kernel](engine, ...args) as ReturnType<Conversions[typeof kernel]>;
      } catch (cause) {
        throw scanError(kernel, cause);
      }
    },
  };
}

function viewOf(array: Inputs[string]): unknown {
  return array === undefined ? undefined : dataOf(array as Input);
}

/** A plain array in the wrapper of one that lives in a backend's memory. */
class OrdinaryResident implements Resident {
  #data: Real | undefined;
  readonly #dtype: Dtype;
  readonly length: number;

  constructor(dtype: Dtype, length: number) {
    checkResident(dtype, length);
    this.#dtype = dtype;
    this.#data = zeros(dtype, length);
    this.length = length;
  }

  get dtype(): Dtype {
    void this.data;
    return this.#dtype;
  }

  get data(): Real {
    if (this.#data === undefined) throw new ScanError("disposed", `a resident array of ${this.length} elements was used after dispose()`);
    return this.#data;
  }

  dispose(): void {
    this.#data = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Words in the same wrapper as those that live in a backend's memory. */
class OrdinaryWords implements Words {
  #data: Uint16Array | undefined;
  readonly length: number;

  constructor(data: Uint16Array) {
    this.#data = data;
    this.length = data.length;
  }

  get data(): Uint16Array {
    if (this.#data === undefined) throw new ScanError("disposed", `words were used after dispose(): there were ${this.length}`);
    return this.#data;
  }

  dispose(): void {
    this.#data = undefined;
  }
}
