/**
 * Checks labels files, converts them between their formats and makes them from folders, on this machine and without a
 * service.
 *
 *     npm run labels -- check labels.json --kind CustomSingleLabelClassification --texts training/
 *     npm run labels -- convert labels.json --kind CustomMultiLabelClassification --to indexed-tags --out tags.json
 *     npm run labels -- folders texts/ --kind CustomSingleLabelClassification --copy-to training --out training/labels.json
 */
import { runCommand } from "../dev/command-line.ts";
import { runLabels } from "./labels/run-labels.ts";

await runCommand(async () => {
  process.exitCode = await runLabels(process.argv.slice(2), { out: process.stdout, err: process.stderr });
}, 2);
