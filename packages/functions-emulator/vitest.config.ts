import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** For `npm test` in this folder; the repository's own run takes these tests with its others, on one storage emulator. */
export default defineConfig({
  test: {
    globalSetup: [fileURLToPath(import.meta.resolve("azurite-process/vitest"))],
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
