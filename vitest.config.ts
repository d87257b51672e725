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
          exclude: ["test/e2e/**"],
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
    ],
  },
});
