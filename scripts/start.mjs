// npm start [-- COMMAND ...]: builds the package, then runs its program; without a command, the bench, and a text by the
// model in models/jargon.
import { command } from "./failure.mjs";
import { inTerminal } from "./programs.mjs";
import { setUp } from "./setup/index.mjs";

const text = ["generate", "--model", "models/jargon", "--prompt", ":hacker: n. ", "--max-tokens", "300", "--temperature", "0.6"];

await command(async () => {
  await setUp();
  const args = process.argv.slice(2);
  const run = (words) => inTerminal(process.execPath, ["dist/cli/main.js", ...words]);
  if (args.length > 0 && !args[0].startsWith("-")) return run(args);
  const code = await run(["bench", ...args]);
  return code !== 0 || args.length > 0 ? code : run(text);
});
