import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const timeouts = { testTimeout: 30_000, hookTimeout: 60_000 };
const globalSetup = [fileURLToPath(import.meta.resolve("azurite-process/vitest"))];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts", "packages/*/test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/page/browser/**"],
          globalSetup,
          // Most of them wait for storage more than they compute.
          maxWorkers: 3,
          ...timeouts,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Whole stacks, two side by side: each waits for the service and for storage most of the time.
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          maxWorkers: 2,
          testTimeout: 180_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // The status page in one browser, which all files share.
        test: {
          name: "browser",
          include: ["test/page/browser/**/*.test.ts"],
          globalSetup: ["test/page/share-browser.ts"],
          maxWorkers: 1,
          isolate: false,
          ...timeouts,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
