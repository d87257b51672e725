import type { ExtractionLimits } from "../../../../src/lib/documents/formats/format.ts";

/** As the app has them by default, but for time and memory, which the tests have less of. */
export const LIMITS: ExtractionLimits = {
  pages: 5000,
  unpackedBytes: 30 * 1024 * 1024,
  nesting: 512,
  seconds: 20,
  memoryBytes: 192 * 1024 * 1024,
  characters: 20 * 1024 * 1024,
};
