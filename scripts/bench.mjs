// npm run bench [-- OPTIONS]: builds the package and the bench, then runs it.
import { command } from "./failure.mjs";
import { inTerminal } from "./programs.mjs";
import { buildBench } from "./setup/bench.mjs";
import { setUp } from "./setup/index.mjs";

await command(async () => {
  await setUp();
  await buildBench();
  // What one case leaves behind is collected before the next one is timed.
  return inTerminal(process.execPath, ["--expose-gc", "bench/dist/main.js", ...process.argv.slice(2)]);
});
