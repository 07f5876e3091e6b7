// Packages of Python, each set in a venv of its own beside the requirements.txt that names it.
import { existsSync, readFileSync } from "node:fs";
import { answer, attempt } from "../programs.mjs";
import { at } from "../root.mjs";
import { byHand } from "./debian.mjs";

/** An index of torch's builds without a GPU, some 200 MB; PyPI's for Linux takes 2.3 GB with what it cannot be loaded without. */
const CPU_WHEELS = process.env.TORCH_INDEX;

const CUDA = at("bench/peers/python/requirements-cuda.txt");

/** The Python of a folder's venv. */
export const pythonOf = (folder) => at(folder, ".venv", process.platform === "win32" ? "Scripts/python.exe" : "bin/python");

/** Installs as much as can be had for `what`; returns a sentence for each thing that cannot. */
export async function installPython(what, folder) {
  console.log(`[set-up] ${what}: some minutes the first time`);
  const python = pythonOf(folder);
  const pip = pipOf(python);
  const requirements = at(folder, "requirements.txt");
  if (!existsSync(python)) {
    const found = findPython();
    if (!found) return [`${what} needs Python 3.11 or newer with venv: ${byHand("python3", "python3-venv")}`];
    const { code } = await attempt(found, ["-m", "venv", at(folder, ".venv")]);
    if (code !== 0) return [`\`${found} -m venv\` ended with code ${code}: ${byHand("python3-venv")}`];
  }
  const wanted = readFileSync(requirements, "utf8").match(/^\w.*==.*$/gm);
  if (process.platform === "linux" && CPU_WHEELS) {
    const torch = wanted.find((line) => line.startsWith("torch=="));
    // pip asks no index for what is there already.
    if (!(await pip("--index-url", CPU_WHEELS, "--retries", "1", torch))) {
      console.log("  torch: its CPU build is not to be had, so PyPI's: 2.3 GB");
    }
  }
  const left = (await pip("-r", requirements)) ? [] : await oneByOne(pip, wanted);
  if (process.platform === "linux" && answer(python, ["-c", "import torch"]) === undefined) {
    await pip("-r", CUDA);
  }
  return left;
}

/** A package that does not exist for this machine keeps no other from being installed. */
async function oneByOne(pip, wanted) {
  const left = [];
  for (const requirement of wanted) {
    if (!(await pip(requirement))) left.push(`pip could not install ${requirement}`);
  }
  return left;
}

const pipOf = (python) => async (...args) => {
  const quietly = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"];
  const { code } = await attempt(python, ["-m", "pip", "install", ...quietly, ...args]);
  return code === 0;
};

/** PYTHON, or the first of PATH that is new enough and can make a venv. */
function findPython() {
  const names = [process.env.PYTHON, "python3", "python", ...[14, 13, 12, 11].map((minor) => `python3.${minor}`)];
  const test = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
  return names.find((name) => name && answer(name, ["-c", test]) !== undefined);
}
