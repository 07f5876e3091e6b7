// npm run check: what can be said of the code without running it.
import { command } from "./failure.mjs";
import { tryAll } from "./gates/gate.mjs";
import { style } from "./gates/style.mjs";
import { setUp } from "./setup/index.mjs";

await command(async () => {
  await setUp();
  return tryAll(style());
});
