// The tests run against dist/, which is what ships: in Node's processes, in its threads, in a browser.
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { relaxedSimd } from "./test/support/relaxed.js";

// The sandbox refuses to run for root; the other flags keep Chromium from calling home.
const launchFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const shared = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // Node loads the package itself, by its own conditions; Vite would rewrite it.
  server: { deps: { external: [/\/dist\//] } },
};

const relaxed = { ...shared, pool: "forks" as const, include: ["test/relaxed/**/*.test.ts"] };
const relaxedOnce = { ...relaxed, name: "node-relaxed", execArgv: relaxedSimd };
const relaxedTwice = { ...relaxed, name: "node-relaxed-unfused", execArgv: [...relaxedSimd, "--no-enable-fma3"] };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: "node-forks",
          pool: "forks",
          include: ["test/**/*.test.ts"],
          exclude: ["test/{browser,relaxed}/**"],
        },
      },
      // Relaxed instructions round once where the CPU has a fused multiply-add, and twice where it has not.
      ...[relaxedOnce, relaxedTwice].map((test) => ({ test })),
      {
        // An addon is loaded once for a process, and has to serve all its threads.
        test: { ...shared, name: "node-threads", pool: "threads", include: ["test/backend/**/*.test.ts"] },
      },
      {
        // Without these two a page has no shared memory.
        server: {
          headers: {
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Embedder-Policy": "require-corp",
          },
        },
        optimizeDeps: { include: ["fast-check"] },
        test: {
          ...shared,
          name: "browser",
          include: ["test/{browser,relaxed}/**/*.test.ts", "test/{io,ops,layers,models,grad,train}/**/*.test.ts"],
          exclude: ["**/*.node.test.ts"],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
                args: launchFlags,
              },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
