// Runs other programs, and keeps showing that they are at work.
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { Failure } from "./failure.mjs";
import { root } from "./root.mjs";

const TICK_S = 10;

const colour =
  process.stdout.isTTY && !process.env.NO_COLOR
    ? { CARGO_TERM_COLOR: "always", FORCE_COLOR: "1" }
    : {};

/**
 * Runs a program to its end, passing on what it prints, with a line after every 10 silent seconds.
 * Resolves to its exit code and its standard output. `env` is added to the environment (undefined
 * removes a variable); `timeout` is in seconds; what a `quiet` program prints is shown if it fails.
 */
export function attempt(program, args, { env = {}, timeout, quiet = false } = {}) {
  const began = Date.now();
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...colour, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(timeout && { timeout: timeout * 1000 }),
  });
  let output = "";
  let heldBack = "";
  let heard = began;
  const pass = (stream) => (text) => {
    if (quiet) {
      heldBack += text;
      return;
    }
    heard = Date.now();
    stream.write(text);
  };
  child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
  child.stdout.on("data", pass(process.stdout));
  child.stderr.setEncoding("utf8").on("data", pass(process.stderr));
  const ticking = setInterval(() => {
    if (Date.now() - heard < TICK_S * 1000) return;
    heard = Date.now();
    console.log(`  ... still at it after ${Math.round((heard - began) / 1000)} s`);
  }, 1000);
  return new Promise((resolve) => {
    const end = (code) => {
      clearInterval(ticking);
      if (code !== 0) process.stderr.write(heldBack);
      resolve({ code, output });
    };
    child.on("error", () => end(127));
    child.on("close", (code) => end(code ?? 1));
  });
}

/** As `attempt`, for a program that has to succeed. Resolves to its standard output. */
export async function run(program, args, options) {
  const { code, output } = await attempt(program, args, options);
  if (code !== 0) throw new Failure(`\`${[program, ...args].join(" ")}\` ended with code ${code}`);
  return output;
}

/** Runs a program in the terminal as it stands; resolves to its exit code. */
export function inTerminal(program, args, env = {}) {
  const child = spawn(program, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
  return new Promise((resolve) => {
    child.on("error", () => resolve(127));
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** What a program answers, trimmed; undefined where it cannot be run or fails. */
export function answer(program, args) {
  const { status, stdout } = spawnSync(program, args, { cwd: root, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** The first of some programs that PATH has, as a full path. */
export function find(...names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
