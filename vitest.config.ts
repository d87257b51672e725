import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { SideBySide } from "./test/helpers/side-by-side.ts";

// Processes that tests start load the same code again and again: it is compiled once.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("node_modules/.cache/compiled", import.meta.url));

/** Far more than any test takes, also on a machine that is busy with something else. */
const timeouts = { testTimeout: 120_000, hookTimeout: 120_000 };

/** Tests of a whole process: they replace modules, or set what is one for all of a process. */
const ALONE = [
  "test/lib/common/telemetry.test.ts",
  "test/lib/storage/storage-clients.test.ts",
  "test/lib/lane/steps/prepare-batch.test.ts",
  "test/functions/**",
  "packages/functions-emulator/test/**",
];

/** Tests that measure how long something takes: they have the machine for themselves. */
const MEASURED = ["test/e2e/executions.test.ts"];

/** All other projects run together, each file where there is room: of so many, enough compute while others wait. */
const together = { maxWorkers: 5, sequence: { groupOrder: 0 } };

export default defineConfig({
  test: {
    globalSetup: [fileURLToPath(import.meta.resolve("azurite-process/vitest"))],
    sequence: { sequencer: SideBySide },
    projects: [
      {
        // One after the other in the same processes: to load what they test takes longer than most of the tests.
        test: {
          name: "unit",
          include: ["test/**/*.test.ts", "packages/*/test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/page/browser/**", ...ALONE],
          isolate: false,
          ...timeouts,
          ...together,
        },
      },
      {
        test: {
          name: "alone",
          include: ALONE.map((path) => path.replace(/\*\*$/, "**/*.test.ts")),
          ...timeouts,
          ...together,
        },
      },
      {
        // Whole stacks: each waits for the service and for storage most of the time.
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          exclude: MEASURED,
          testTimeout: 600_000,
          hookTimeout: 600_000,
          ...together,
        },
      },
      {
        test: {
          name: "measured",
          include: MEASURED,
          maxWorkers: 1,
          testTimeout: 600_000,
          hookTimeout: 600_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // The status page in one browser, which all files share.
        test: {
          name: "browser",
          include: ["test/page/browser/**/*.test.ts"],
          globalSetup: ["test/page/share-browser.ts"],
          isolate: false,
          ...timeouts,
          ...together,
        },
      },
    ],
  },
});
