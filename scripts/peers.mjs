// npm run peers: installs what the bench compares the package with, libraries in JavaScript and in Python.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { command } from "./failure.mjs";
import { answer, attempt, run } from "./programs.mjs";
import { at } from "./root.mjs";
import { byHand } from "./setup/debian.mjs";
import { checkNode } from "./setup/prerequisites.mjs";
import { step } from "./setup/step.mjs";

const JAVASCRIPT = "bench/peers/javascript";
const PYTHON = "bench/peers/python";
const REQUIREMENTS = at(PYTHON, "requirements.txt");

/** The venv's Python. */
const VENV = at(PYTHON, ".venv");
const python = at(VENV, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");

/** An index of torch's builds without a GPU, some 200 MB; PyPI's for Linux takes 2.3 GB with what it cannot be loaded without. */
const CPU_WHEELS = process.env.TORCH_INDEX;

await command(async () => {
  checkNode();
  await installJavascript();
  const left = await installPython();
  console.log("\nThe bench can compare with:");
  introduce(process.execPath, at(JAVASCRIPT, "main.mjs"));
  if (existsSync(python)) introduce(python, at(PYTHON, "main.py"));
  for (const sentence of left) console.log(`  left out: ${sentence}`);
});

function installJavascript() {
  return step(
    {
      name: "peers in javascript",
      takes: "about 1 min",
      files: ["package.json", "package-lock.json", ".npmrc"].map((name) => `${JAVASCRIPT}/${name}`),
      facts: () => [process.version],
      makes: [`${JAVASCRIPT}/node_modules/.package-lock.json`],
    },
    () => run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", at(JAVASCRIPT)]),
  );
}

/** Installs as much as can be had; returns a sentence for each thing that cannot. */
async function installPython() {
  console.log("[set-up] peers in python: some minutes the first time");
  if (!existsSync(python)) {
    const found = findPython();
    if (!found) return [`the peers in Python need Python 3.11 or newer with venv: ${byHand("python3", "python3-venv")}`];
    const { code } = await attempt(found, ["-m", "venv", VENV]);
    if (code !== 0) return [`\`${found} -m venv\` ended with code ${code}: ${byHand("python3-venv")}`];
  }
  const wanted = readFileSync(REQUIREMENTS, "utf8").match(/^\w.*==.*$/gm);
  if (process.platform === "linux" && CPU_WHEELS) {
    const torch = wanted.find((line) => line.startsWith("torch=="));
    // pip asks no index for what is there already.
    if (!(await pip("--index-url", CPU_WHEELS, "--retries", "1", torch))) {
      console.log("  torch: its CPU build is not to be had, so PyPI's: 2.3 GB");
    }
  }
  const left = (await pip("-r", REQUIREMENTS)) ? [] : await oneByOne(wanted);
  if (process.platform === "linux" && answer(python, ["-c", "import torch"]) === undefined) {
    await pip("-r", at(PYTHON, "requirements-cuda.txt"));
  }
  return left;
}

/** A package that does not exist for this machine keeps no other from being installed. */
async function oneByOne(wanted) {
  const left = [];
  for (const requirement of wanted) {
    if (!(await pip(requirement))) left.push(`pip could not install ${requirement}`);
  }
  return left;
}

async function pip(...args) {
  const quietly = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"];
  const { code } = await attempt(python, ["-m", "pip", "install", ...quietly, ...args]);
  return code === 0;
}

/** PYTHON, or the first of PATH that is new enough and can make a venv. */
function findPython() {
  const names = [process.env.PYTHON, "python3", "python", ...[14, 13, 12, 11].map((minor) => `python3.${minor}`)];
  const test = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
  return names.find((name) => name && answer(name, ["-c", test]) !== undefined);
}

/** What a process of contestants says of itself. */
function introduce(program, script) {
  const { stdout } = spawnSync(program, [script], { input: '{"hello": {}}\n', encoding: "utf8" });
  if (!stdout) return console.log(`  ${script} gives no answer`);
  const { name, contestants, absent } = JSON.parse(stdout);
  console.log(`  ${name}: ${contestants.map((one) => one.name).join(", ")}`);
  for (const { name, cause } of absent) console.log(`  absent: ${name}: ${cause}`);
}
