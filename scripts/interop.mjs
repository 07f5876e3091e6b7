// npm run interop: installs transformers and jax, builds the package, and runs what checks it by them.
import { command, Failure } from "./failure.mjs";
import { setUp } from "./setup/index.mjs";
import { installPython } from "./setup/python.mjs";
import { report } from "./tests/tally.mjs";
import { testPackage } from "./tests/vitest.mjs";

await command(async () => {
  await setUp();
  const left = await installPython("transformers and jax", "test/interop");
  if (left.length > 0) throw new Failure(left.join("\n"));
  return report([await testPackage(undefined, ["test/interop"])]);
});
