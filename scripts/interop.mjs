// npm run interop: installs transformers, builds the package, and runs what checks the one by the other.
import { command, Failure } from "./failure.mjs";
import { setUp } from "./setup/index.mjs";
import { installPython } from "./setup/python.mjs";
import { report } from "./tests/tally.mjs";
import { testPackage } from "./tests/vitest.mjs";

await command(async () => {
  await setUp();
  const left = await installPython("transformers", "test/interop");
  if (left.length > 0) throw new Failure(left.join("\n"));
  return report([await testPackage(undefined, ["test/interop"])]);
});
