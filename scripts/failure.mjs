// A failure that a person can act on: its message says what to do, so it is shown without a stack.
export class Failure extends Error {
  name = "Failure";
}

/** Runs a command of package.json: `body` returns its exit code, or nothing for success. */
export async function command(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(`\nFAILED: ${error.message}`);
    process.exitCode = 1;
  }
}
