import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The tests of this package alone (`npm test` in its folder), with a storage emulator of their own. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: [fileURLToPath(import.meta.resolve("azurite-process/vitest"))],
    testTimeout: 30_000,
  },
});
