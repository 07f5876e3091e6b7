// What random numbers are like: how far from a distribution they may be, seeds being what they are.
import { expect } from "vitest";

export type Numbers = ArrayLike<number>;

const sum = (values: Numbers): number => Array.from(values).reduce((total, value) => total + value, 0);

export const mean = (values: Numbers): number => sum(values) / values.length;
/** From 0. */
export const deviation = (values: Numbers): number => Math.sqrt(mean(Array.from(values, (value) => value ** 2)));
export const largest = (values: Numbers): number => Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Within five standard errors of what a random sample of mean 0 gives. */
export function expectMoments(values: Numbers, std: number): void {
  const error = 5 / Math.sqrt(values.length);
  expect(Math.abs(mean(values)) / std).toBeLessThan(error);
  expect(Math.abs(deviation(values) / std - 1)).toBeLessThan(error);
}

/** The greatest distance between the sample's distribution and the given one, which one in a hundred samples exceeds. */
function expectDistributed(values: Numbers, distribution: (x: number) => number): void {
  const sorted = Float64Array.from(values).sort();
  const apart = sorted.reduce((most, x, i) => Math.max(most, Math.abs(distribution(x) - (i + 0.5) / sorted.length)), 0);
  expect(apart).toBeLessThan(1.63 / Math.sqrt(sorted.length));
}

/** Evenly spread between the bounds, and nowhere else. */
export function expectUniform(values: Numbers, low: number, high: number): void {
  const slack = 1e-12 * Math.max(Math.abs(low), Math.abs(high));
  expect(Array.from(values).every((value) => value >= low - slack && value <= high + slack)).toBe(true);
  if (high > low) expectDistributed(values, (x) => (x - low) / (high - low));
}

/** Normal, of mean 0. */
export function expectNormal(values: Numbers, std: number): void {
  expectMoments(values, std);
  expectDistributed(values, (x) => normal(x / std));
}

/** The normal distribution (Abramowitz and Stegun, 26.2.17). */
function normal(x: number): number {
  if (x < 0) return 1 - normal(-x);
  const t = 1 / (1 + 0.2316419 * x);
  const tail = [1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153].reduce((total, factor) => (total + factor) * t, 0);
  return 1 - (Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI)) * tail;
}

/** Normal, of mean 0, cut at two of its deviations and scaled to `std` then. */
export function expectTruncated(values: Numbers, std: number): void {
  const reach = (2 / 0.87962566103423978) * std;
  expectMoments(values, std);
  expect(largest(values)).toBeLessThanOrEqual(reach * (1 + 1e-9));
  expect(largest(values)).toBeGreaterThan(0.9 * reach);
}
