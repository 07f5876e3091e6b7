// A long command that is interrupted.

/** Cleans up before an interruption ends the process; returns what takes that back. */
export function whenInterrupted(cleanUp: () => void): () => void {
  const interrupted = (): void => {
    cleanUp();
    process.kill(process.pid, "SIGINT"); // as without this listener, which is gone by now
  };
  process.once("SIGINT", interrupted);
  return () => void process.off("SIGINT", interrupted);
}

/** Lets signals and writes through. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
