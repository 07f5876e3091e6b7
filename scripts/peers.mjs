// npm run peers: installs what the bench compares the package with, libraries in JavaScript and in Python.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { command } from "./failure.mjs";
import { run } from "./programs.mjs";
import { at } from "./root.mjs";
import { checkNode } from "./setup/prerequisites.mjs";
import { installPython, pythonOf } from "./setup/python.mjs";
import { step } from "./setup/step.mjs";

const JAVASCRIPT = "bench/peers/javascript";
const PYTHON = "bench/peers/python";

await command(async () => {
  checkNode();
  await installJavascript();
  const left = await installPython("peers in python", PYTHON);
  console.log("\nThe bench can compare with:");
  introduce(process.execPath, at(JAVASCRIPT, "main.mjs"));
  const python = pythonOf(PYTHON);
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

/** What a process of contestants says of itself. */
function introduce(program, script) {
  const { stdout } = spawnSync(program, [script], { input: '{"hello": {}}\n', encoding: "utf8" });
  if (!stdout) return console.log(`  ${script} gives no answer`);
  const { name, contestants, absent } = JSON.parse(stdout);
  console.log(`  ${name}: ${contestants.map((one) => one.name).join(", ")}`);
  for (const { name, cause } of absent) console.log(`  absent: ${name}: ${cause}`);
}
