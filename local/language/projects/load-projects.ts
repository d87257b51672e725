import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { stableUuid } from "../text/hash.ts";
import { projectFile } from "./project-file.ts";
import { ProjectRegistry } from "./registry.ts";
import { trainModel } from "./train.ts";

/** The names under which a loaded project's model is trained and served. */
export const LOADED_MODEL = "samples";
export const LOADED_DEPLOYMENT = "production";

/**
 * Reads `labels/*.json` and `training/<project>/` of a folder, trains each project and deploys it as `production`.
 * A folder without `labels` gives no projects.
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
    const texts = join(folder, "training", metadata.projectName);
    const model = trainModel(assets, (location) => readFileSync(join(texts, location), "utf8"));
    registry.addProject(metadata);
    const modelId = stableUuid(`model ${metadata.projectName}`);
    registry.addModel(metadata.projectName, { label: LOADED_MODEL, modelId, trainedAt: now, model });
    registry.deploy(metadata.projectName, LOADED_DEPLOYMENT, LOADED_MODEL, now);
  }
  return registry;
}
