// `gradients`: norms against what poles say, and how they are shown.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Lru } from "ssm-scan";
import { afterAll, expect, test } from "vitest";
import { requestOf } from "../../src/cli/arguments.js";
import { distancesTo, verdictOf } from "../../src/cli/gradients/measure.js";
import { plot, svg } from "../../src/cli/gradients/plot.js";
import { program } from "./program.js";

const folder = mkdtempSync(join(tmpdir(), "ssm-scan-gradients-"));
const at = (name: string): string => join(folder, name);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The root of the mean over outputs of the squared norms of rows of Re(C diag(pole^d gain) B), and D where d is 0. */
function truthOf(layer: Lru, distance: number): number {
  const { dModel, parameters } = { dModel: layer.dModel, parameters: layer.parameters() };
  const of = (name: string): ArrayLike<number> => parameters[name]!.data;
  const states = of("nu_log").length;
  let sum = 0;
  for (let k = 0; k < dModel; k++) {
    for (let i = 0; i < dModel; i++) {
      let entry = distance === 0 && i === k ? of("D")[k]! : 0;
      for (let p = 0; p < states; p++) {
        const radius = Math.exp(-Math.exp(of("nu_log")[p]!) * distance + of("gamma_log")[p]!);
        const phase = Math.exp(of("theta_log")[p]!) * distance;
        const [cRe, cIm] = [of("C_re")[k * states + p]!, of("C_im")[k * states + p]!];
        const [bRe, bIm] = [of("B_re")[p * dModel + i]!, of("B_im")[p * dModel + i]!];
        const [re, im] = [cRe * bRe - cIm * bIm, cRe * bIm + cIm * bRe];
        entry += radius * (re * Math.cos(phase) - im * Math.sin(phase));
      }
      sum += entry * entry;
    }
  }
  return Math.sqrt(sum / dModel);
}

test("norms of an LRU are those of its impulse response", async () => {
  const words = ["gradients", "--layer", "Lru", "--length", "200", "--d-model", "3", "--state-size", "5", "--seed", "4", "--csv", at("lru.csv")];
  const { status, stdout } = await program(words);
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining("at 199") as string });
  const layers: Record<string, Lru> = {
    '"ring, radius 0 to 1"': new Lru({ dModel: 3, dHidden: 5, dtype: "float64", seed: 4 }),
    '"ring, radius 0.9 to 0.999"': new Lru({ dModel: 3, dHidden: 5, dtype: "float64", seed: 4, rMin: 0.9, rMax: 0.999, maxPhase: 0.314 }),
  };
  const [head, ...lines] = readFileSync(at("lru.csv"), "utf8").trimEnd().split("\n");
  expect(head).toBe("layer,begins,distance,norm");
  expect(lines).toHaveLength(2 * distancesTo(200, 24).length);
  for (const line of lines) {
    const [, begin, distance, norm] = /^Lru,("[^"]+"),(\d+),(.+)$/.exec(line)!;
    const truth = truthOf(layers[begin!]!, Number(distance));
    expect(Math.abs(Number(norm) - truth), line).toBeLessThan(1e-9 * truth + 1e-12);
  }
});

test("every layer is there; what vanishes and what explodes is said", async () => {
  const { status, stdout } = await program(["gradients", "--length", "2000", "--d-model", "4", "--state-size", "16", "--svg", at("all.svg")]);
  expect(status).toBe(0);
  for (const name of ["Rnn", "LinearRnn", "Lru", "S4D", "S5Ssm", "Mamba"]) expect(stdout).toMatch(new RegExp(`\\b${name}\\b`));
  expect(stdout).toMatch(/LinearRnn +orthogonal .* holds\n/);
  expect(stdout).toMatch(/LinearRnn +ring, radius 0\.9 .* vanishes by \d\d\n/);
  expect(stdout).toMatch(/LinearRnn +orthogonal times 1\.01 .* explodes by [67]\d\d\n/);
  expect(stdout).toMatch(/Rnn +torch's, uniform .* vanishes by \d\d\n/);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  const picture = readFileSync(at("all.svg"), "utf8");
  expect(picture).toMatch(/^<svg .*<\/svg>\n$/s);
  expect(picture.match(/<polyline/g)!.length).toBeGreaterThanOrEqual(7);
});

test("distances are even in their logarithms, from none to all", () => {
  expect(distancesTo(200, 3)).toEqual([0, 1, 2, 5, 10, 22, 46, 100, 199]);
  expect([distancesTo(1, 3), distancesTo(2, 3)]).toEqual([[0], [0, 1]]);
});

test.each([
  [[9, 9, 1, 0.5, 0.002], "holds"],
  [[9, 9, 1, 0.5, 0.0009], "vanishes by 1000"],
  [[9, 9, 1, 1001, Infinity], "explodes by 100"],
  [[9, 9, 1, 0.0005, NaN], "vanishes by 100"],
])("%j %s", (norms, verdict) => {
  expect(verdictOf({ distances: [0, 1, 10, 100, 1000], norms })).toBe(verdict);
});

test("curves stand where they are", () => {
  const curves = [{ distances: [0, 1, 10, 100], norms: [5, 1, 1e-2, 0] }, { distances: [0, 1, 10, 100], norms: [5, 1e4, 1e2, 1] }];
  const lines = plot(curves, { width: 21, height: 21 }).split("\n");
  expect(lines[0]).toBe("   1e4 |b");
  expect(lines[2]).toBe("       |          b");
  expect(lines[4]).toBe("   1e0 |a                   b");
  expect(lines[6]).toBe("       |          a");
  expect(lines[20]).toBe(" 1e-16 |                    a");
  expect(lines.at(-1)).toBe("        1         10      100");
  expect(svg(curves.map((curve) => ({ ...curve, name: "a < b & c" })))).toContain("a &lt; b &amp; c");
});

test.each([
  [["gradients"], { command: "gradients", length: 10_000, dModel: 8, stateSize: 64, seed: 0 }],
  [["gradients", "--layer", "Lru", "--length", "9", "--csv", "x"], { command: "gradients", length: 9, dModel: 8, stateSize: 64, seed: 0, layer: "Lru", csv: "x" }],
])("%j", (words, request) => {
  expect(requestOf(words)).toEqual(request);
});

test.each<[string[], RegExp]>([
  [["gradients", "--layer", "MinGru"], /--layer must be Rnn, LinearRnn, Lru, S4D, S5Ssm, or Mamba, got "MinGru"/],
  [["gradients", "--length", "0"], /--length must be a whole number of at least 1/],
  [["gradients", "--epochs", "1"], /gradients has no option --epochs/],
])("%j is refused", (words, sentence) => {
  expect(() => requestOf(words)).toThrow(sentence);
});

test("a file that cannot be written is named before any work", async () => {
  const { status, stdout, stderr } = await program(["gradients", "--layer", "Lru", "--length", "5", "--csv", at("none/x.csv")]);
  expect({ status, stdout, stderr }).toMatchObject({ status: 1, stdout: "", stderr: expect.stringMatching(/^ssm-scan: .*none\/x\.csv: ENOENT.*\n$/) as string });
});
