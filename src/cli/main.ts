#!/usr/bin/env node
// The program `ssm-scan`.
import { ScanError } from "../error.js";
import { version } from "../version.js";
import { type Request, requestOf, UsageError } from "./arguments.js";
import { bench } from "./bench.js";
import { generate } from "./generate.js";
import { gradients } from "./gradients.js";
import { help } from "./help.js";
import { info } from "./info.js";
import { inspect } from "./inspect.js";
import { run } from "./run.js";
import { train } from "./train.js";

process.stdout.on("error", orReaderGone(() => process.exit()));
process.stderr.on("error", orReaderGone(() => {})); // what is found is worth more than progress

process.exitCode = await codeOf(process.argv.slice(2));

/** Does what the words ask for; returns the exit code. */
async function codeOf(words: readonly string[]): Promise<number> {
  try {
    return await answer(requestOf(words));
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`ssm-scan: ${error.message}; see ssm-scan --help`);
      return 2;
    }
    if (!(error instanceof ScanError)) throw error;
    console.error(`ssm-scan: ${error.message}`);
    return 1;
  }
}

async function answer(request: Request): Promise<number> {
  switch (request.command) {
    case "info":
      return info(request);
    case "bench":
      return bench(request);
    case "run":
      return run(request);
    case "inspect":
      return inspect(request);
    case "generate":
      return generate(request);
    case "train":
      return train(request);
    case "gradients":
      return gradients(request);
    case "help":
      console.log(help);
      return 0;
    case "version":
      console.log(version);
      return 0;
  }
}

/** Throws errors of a stream, but for the one that its reader has gone. */
function orReaderGone(gone: () => void): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (error.code !== "EPIPE") throw error;
    gone();
  };
}
