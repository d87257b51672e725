import { defineConfig } from "vitest/config";

/** The tests of this package alone (`npm test` in its folder), with a storage emulator of their own. */
export default defineConfig({
  test: { include: ["test/**/*.test.ts"], globalSetup: ["test/setup/azurite.ts"], testTimeout: 30_000 },
});
