// The program as it ships.
import { type Ended, execute, type Place } from "../support/child.js";

/** Runs `ssm-scan` with these words to its end. */
export function program(words: readonly string[], place: Place = {}): Promise<Ended> {
  return execute(process.execPath, ["dist/cli/main.js", ...words], place);
}
