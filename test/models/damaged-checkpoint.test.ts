// Checkpoints damaged anywhere are read or refused, and what is refused holds no memory.
import fc from "fast-check";
import { type Backend, init, loadBackend, loadCausalLM, type Resident, ScanError, useBackend } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { filesOf, golden, type Golden, idsOf } from "../support/checkpoints.js";
import { expectClose } from "../support/close.js";

type Files = Map<string, Uint8Array>;

/** Bytes put over others, cut out or put in between, in one of a checkpoint's files, nearer to its beginning. */
const damage = fc.record({ file: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), at: fc.double({ min: 0, max: 1, noNaN: true }), kind: fc.constantFrom("over", "cut", "between"), bytes: fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 6 }), fc.constantFrom("9", "-1", "1e9", "null", "[]", '"', "}", ",").map((text) => new TextEncoder().encode(text))) });

function damaged(files: Files, { file, at, kind, bytes }: { file: number; at: number; kind: string; bytes: Uint8Array }): Files {
  const name = [...files.keys()][Math.floor(file * files.size)]!;
  const old = files.get(name)!;
  const place = Math.floor(at ** 2 * old.length);
  const rest = old.subarray(place + (kind === "between" ? 0 : bytes.length));
  return new Map(files).set(name, Uint8Array.from([...old.subarray(0, place), ...(kind === "cut" ? [] : bytes), ...rest]));
}

/** A backend that counts what it made and what was not given back. */
function counting(backend: Backend): { backend: Backend; live: () => number } {
  let live = 0;
  const counted = <T extends { dispose(): void }>(made: T): T => {
    live++;
    const dispose = made.dispose.bind(made);
    made.dispose = () => {
      live--;
      dispose();
    };
    return made;
  };
  const engine = backend as Backend & { words: (words: Uint16Array) => { dispose(): void } };
  return { backend: { ...engine, resident: (...args: Parameters<Backend["resident"]>): Resident => counted(backend.resident(...args)), words: (words: Uint16Array) => counted(engine.words(words)) } as Backend, live: () => live };
}

describe.each(backends)("damaged checkpoints on %s", (name) => {
  let own: readonly Golden[];

  beforeAll(async () => {
    own = [await golden("hf_mamba_tiny"), await golden("hf_mamba2_tiny")];
  });

  test.each([["one file", 1, "float32"], ["shards", 3, "bfloat16"]] as const)("%s", async (_, shards, weights) => {
    for (const each of own) {
      const files = filesOf(each, { shards });
      await fc.assert(
        fc.asyncProperty(damage, async (change) => {
          const { backend, live } = counting(await loadBackend(name));
          useBackend(backend);
          try {
            await loadCausalLM(damaged(files, change), { weights });
          } catch (error) {
            expect(error).toBeInstanceOf(ScanError);
            expect((error as ScanError).code).toBe("file");
            expect((error as ScanError).message).toMatch(/^[^\n]{10,800}$/);
            expect(live()).toBe(0);
          }
        }),
        { seed: 42, numRuns: 250 },
      );
    }
    await init({ backend: name });
    for (const { config, weights: right, truth } of own) {
      const model = await loadCausalLM(filesOf({ config, weights: right }));
      expectClose("logits", model.forward(idsOf(truth["ids"]), { batch: 2, length: 12 }).logits, truth["logits"]!.data, 5e-6);
    }
  });
});
