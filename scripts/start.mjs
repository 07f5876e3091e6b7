// npm start [-- COMMAND ...]: builds the package, then runs its program; without a command, the bench.
import { command } from "./failure.mjs";
import { inTerminal } from "./programs.mjs";
import { setUp } from "./setup/index.mjs";

await command(async () => {
  await setUp();
  const args = process.argv.slice(2);
  const named = args.length > 0 && !args[0].startsWith("-");
  return inTerminal(process.execPath, ["dist/cli/main.js", ...(named ? [] : ["bench"]), ...args]);
});
