/** Writes `pipelines.schema.json`, which editors check `pipelines.json` with, from the schema the application uses. */
import { writeFileSync } from "node:fs";
import { pipelinesJsonSchema } from "../src/lib/settings/pipeline-schema.ts";

const file = new URL("../pipelines.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(pipelinesJsonSchema(), null, 2)}\n`);
console.log(`Wrote ${file.pathname}`);
