// npm run ready: everything a change has to pass.
import { command } from "./failure.mjs";
import { tryAll } from "./gates/gate.mjs";
import { packaging } from "./gates/package.mjs";
import { style } from "./gates/style.mjs";
import { tests } from "./gates/tests.mjs";
import { setUp } from "./setup/index.mjs";

await command(async () => {
  await setUp();
  return tryAll([...style(), tests(), ...packaging()]);
});
