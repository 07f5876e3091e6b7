// The packages that package-lock.json names.
import { run } from "../programs.mjs";
import { step } from "./step.mjs";

export const installPackages = () =>
  step(
    {
      name: "npm packages",
      takes: "about 1 min",
      files: ["package-lock.json", ".npmrc"],
      facts: () => [process.version],
      makes: ["node_modules/.package-lock.json"],
    },
    () => run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]),
  );
