// Curves in plain text, and as SVG; both axes are logarithmic.
import type { Curve } from "./measure.js";

/** Powers of 10 that are shown at most. */
const LEAST = -16;
const MOST = 16;

const exponentOf = (norm: number): number => Math.min(Math.max(Math.log10(norm), LEAST), MOST);

/** Powers of 10 that curves lie between. */
function range(curves: readonly Curve[]): [number, number] {
  const all = curves.flatMap(({ norms }) => norms.map(exponentOf));
  const [low, high] = [Math.floor(Math.min(...all)), Math.ceil(Math.max(...all))];
  return [low, Math.max(high, low + 1)];
}

/** From 0 to 1; distance 0 stands where 1 does. */
const across = (distance: number, last: number): number => Math.log(Math.max(distance, 1)) / Math.log(Math.max(last, 2));

/** Letters from "a" on, one for each curve, in `width` columns and `height` lines. */
export function plot(curves: readonly Curve[], { width = 72, height = 20 }: { width?: number; height?: number } = {}): string {
  const [low, high] = range(curves);
  const last = Math.max(...curves.map(({ distances }) => distances.at(-1)!));
  const cells = Array.from({ length: height }, () => Array.from({ length: width }, () => " "));
  curves.forEach(({ distances, norms }, k) => {
    distances.forEach((distance, i) => {
      if (distance === 0) return;
      const line = Math.round(((high - exponentOf(norms[i]!)) / (high - low)) * (height - 1));
      cells[line]![Math.round(across(distance, last) * (width - 1))] = letterOf(k);
    });
  });
  const label = (line: number): string => `1e${Math.round(high - (line / (height - 1)) * (high - low))}`;
  const lines = cells.map((row, line) => `${(line % 4 === 0 || line === height - 1 ? label(line) : "").padStart(6)} |${row.join("").trimEnd()}`);
  const ticks = Array.from({ length: width }, () => " ");
  for (let power = 1; power <= last; power *= 10) {
    const text = String(power);
    const at = Math.min(Math.round(across(power, last) * (width - 1)), width - text.length);
    [...text].forEach((character, i) => (ticks[at + i] = character));
  }
  return [...lines, `${" ".repeat(6)} +${"-".repeat(width)}`, `${" ".repeat(8)}${ticks.join("").trimEnd()}`].join("\n");
}

export const letterOf = (k: number): string => String.fromCharCode(97 + k);

/** A picture of curves by their names. */
export function svg(curves: readonly (Curve & { name: string })[]): string {
  const [width, height, left, right] = [720, 480, 60, 260];
  const [low, high] = range(curves);
  const last = Math.max(...curves.map(({ distances }) => distances.at(-1)!));
  const x = (distance: number): string => (left + across(distance, last) * width).toFixed(1);
  const y = (exponent: number): string => (20 + ((high - exponent) / (high - low)) * height).toFixed(1);
  const colour = (k: number): string => `hsl(${Math.round((360 * k) / curves.length)} 70% 40%)`;
  const lines = curves.flatMap(({ name, distances, norms }, k) => {
    const points = distances.flatMap((distance, i) => (distance === 0 ? [] : [`${x(distance)},${y(exponentOf(norms[i]!))}`])).join(" ");
    const at = 30 + 18 * k;
    return [
      `<polyline points="${points}" fill="none" stroke="${colour(k)}" stroke-width="1.5"/>`,
      `<text x="${left + width + 20}" y="${at}" fill="${colour(k)}">${name.replace(/[&<]/g, (character) => (character === "&" ? "&amp;" : "&lt;"))}</text>`,
    ];
  });
  const grid: string[] = [];
  for (let exponent = low; exponent <= high; exponent += Math.max(1, Math.round((high - low) / 8))) {
    grid.push(`<path d="M${left} ${y(exponent)}h${width}" stroke="#ddd"/><text x="${left - 8}" y="${y(exponent)}" text-anchor="end">1e${exponent}</text>`);
  }
  for (let power = 1; power <= last; power *= 10) grid.push(`<path d="M${x(power)} 20v${height}" stroke="#ddd"/><text x="${x(power)}" y="${height + 40}" text-anchor="middle">${power}</text>`);
  const title = `<text x="${left + width / 2}" y="${height + 62}" text-anchor="middle">steps between input and output; upwards the norm of the gradient</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + right} ${height + 75}" font-family="sans-serif" font-size="12">${[...grid, ...lines, title].join("\n")}</svg>\n`;
}
