/**
 * Checks labels files and converts them between their formats, on this machine and without a service.
 *
 *     npm run labels -- check labels.json --kind CustomSingleLabelClassification --texts training/
 *     npm run labels -- convert labels.json --kind CustomMultiLabelClassification --to index-tags
 *     npm run labels -- folders training/ --kind CustomSingleLabelClassification
 */
import { LABELS_USAGE, runLabels } from "./labels/run-labels.ts";

try {
  process.exitCode = await runLabels(process.argv.slice(2), process.stdout);
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${LABELS_USAGE}`);
  process.exitCode = 2;
}
