/**
 * Writes the tables of cost in `docs/operations.md` from `docs/cost-meters.json`, the one place where prices and needs
 * stand. A test fails when the two differ.
 *
 *     npm run cost
 */
import { readFileSync, writeFileSync } from "node:fs";
import { COST_MODEL } from "./cost/cost-model.ts";
import { costBlocks, withBlocks } from "./cost/cost-tables.ts";

const page = new URL("../docs/operations.md", import.meta.url);
writeFileSync(page, withBlocks(readFileSync(page, "utf8"), costBlocks(COST_MODEL)));
