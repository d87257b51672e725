import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { stableUuid } from "../text/hash.ts";
import { projectFile } from "./project-file.ts";
import { ProjectRegistry } from "./registry.ts";
import { learn } from "./trained-model.ts";
import { labelledDocuments } from "./training/labelled-documents.ts";
import { splitByDataset } from "./training/split-documents.ts";
import { learnAndTest } from "./training/train-project.ts";
import { TRAINING_CONFIGS } from "./training/training-configs.ts";

/** The names under which a loaded project's model is trained and served. */
const LOADED_MODEL = "samples";
const LOADED_DEPLOYMENT = "production";

/**
 * Reads `labels/*.json` and `training/<project>/` of a folder, trains each project and deploys it as `production`.
 * A folder without `labels` gives no projects. Documents for tests whose text is not there are left out.
 * @param now when the models count as trained, milliseconds since 1970
 * @throws Error that names the file and each problem in it
 */
export function loadProjects(folder: string, now: number): ProjectRegistry {
  const registry = new ProjectRegistry();
  const labels = join(folder, "labels");
  const files = existsSync(labels) ? readdirSync(labels).filter((name) => name.endsWith(".json")) : [];
  for (const name of files.toSorted()) {
    const path = join(labels, name);
    const parsed = projectFile.safeParse(JSON.parse(readFileSync(path, "utf8")));
    if (!parsed.success) throw new Error(`${path} is not a project file:\n${z.prettifyError(parsed.error)}`);
    const { metadata, assets } = parsed.data;
    const { projectName } = metadata;
    const texts = join(folder, "training", projectName);
    const split = splitByDataset(labelledDocuments(assets));
    for (const location of split.test) if (!existsSync(join(texts, location))) split.test.delete(location);
    const locations = [...split.training, ...split.test];
    const contents = new Map(locations.map((location) => [location, readFileSync(join(texts, location), "utf8")]));
    const outcome = learnAndTest(metadata, assets, contents, split, { kind: "manual" });
    registry.import(metadata, assets, now);
    const modelId = stableUuid(`model ${projectName}`);
    const about = { label: LOADED_MODEL, modelId, trainedAt: now, trainingSeconds: 0 };
    registry.addModel(projectName, learn({ ...about, configVersion: TRAINING_CONFIGS[0] ?? "", ...outcome }));
    registry.deploy(projectName, LOADED_DEPLOYMENT, LOADED_MODEL, now);
  }
  return registry;
}
