/** Writes `project.schema.json`, which editors check a `project.json` with, from the schema the application uses. */
import { writeFileSync } from "node:fs";
import { projectJsonSchema } from "../src/lib/project/definition/definition-schema.ts";

const file = new URL("../project.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(projectJsonSchema(), null, 2)}\n`);
console.log(`Wrote ${file.pathname}`);
