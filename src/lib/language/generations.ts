import { analyzeText } from "./analyze-text/analyze-text.ts";
import { type ApiVersion, type GenerationName, parseApiVersion } from "./api-versions.ts";
import type { Generation } from "./generation.ts";
import { textAnalyticsV3 } from "./text-analytics-v3/text-analytics-v3.ts";

const GENERATIONS: Record<GenerationName, (version: ApiVersion) => Generation> = {
  "analyze-text": analyzeText,
  "text-analytics-v3": textAnalyticsV3,
};

/**
 * The wire that a version speaks.
 * @throws RangeError for a version that does not exist
 */
export function generationFor(apiVersion: string): Generation {
  const version = parseApiVersion(apiVersion);
  if (version === undefined) throw new RangeError(`No API version ${apiVersion}`);
  return GENERATIONS[version.generation](version);
}
