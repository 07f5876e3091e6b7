// Counts of tests, from every runner, in one last line.

/** A runner that fails without naming a test (it did not compile, say) counts as one that failed. */
export const tally = (code, { passed, failed, skipped }) => ({
  passed,
  failed: code !== 0 && failed === 0 ? 1 : failed,
  skipped,
});

/** Prints the sum as the last line; returns the exit code. A run of no tests has not passed. */
export function report(tallies) {
  const sum = (key) => tallies.reduce((total, each) => total + each[key], 0);
  const [passed, failed, skipped] = [sum("passed"), sum("failed"), sum("skipped")];
  const skips = skipped > 0 ? `, ${skipped} skipped` : "";
  console.log(`${passed} passed, ${failed} failed${skips}`);
  return failed > 0 || passed === 0 ? 1 : 0;
}
