// npm run build: the package in dist/.
import { command } from "./failure.mjs";
import { setUp } from "./setup/index.mjs";

await command(setUp);
