// A gate: a name, and a check that returns what is wrong, or nothing.
import { attempt } from "../programs.mjs";

/** A gate that a program guards: it is shut where the program fails. */
export const program = (name, file, args, options) => ({
  name,
  check: async () => {
    const { code } = await attempt(file, args, options);
    return code === 0 ? undefined : `\`${file} ${args.join(" ")}\` ended with code ${code}`;
  },
});

/** Tries every gate, whether the one before was open or not; returns the exit code. */
export async function tryAll(gates) {
  const shut = [];
  for (const { name, check } of gates) {
    console.log(`\n[gate] ${name}`);
    const wrong = await check();
    if (wrong) {
      console.error(`[gate] ${name}: ${wrong}`);
      shut.push(name);
    }
  }
  const open = gates.length - shut.length;
  console.log(`\n${open} of ${gates.length} gates open${shut.length > 0 ? `; shut: ${shut.join(", ")}` : ""}`);
  return shut.length > 0 ? 1 : 0;
}
