// The program that `npm run bench` runs.
import { help, optionsOf, UsageError } from "./arguments.js";
import { bench } from "./bench.js";

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    process.emit("exit", 1); // files and processes of the bench go
    process.kill(process.pid, signal); // as without this listener, which is gone by now
  });
}

process.exitCode = await run(process.argv.slice(2));

/** Returns the exit code. */
async function run(words: readonly string[]): Promise<number> {
  try {
    const options = optionsOf(words);
    if (!options.help) return await bench(options);
    console.log(help);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`bench: ${error.message}; see npm run bench -- --help`);
    return 2;
  }
}
