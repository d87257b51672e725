import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Store } from "../store.ts";
import { stableUuid, textHash } from "../text.ts";
import { labelledDocuments, type ProjectAssets, type ProjectMetadata, projectFile } from "./project-file.ts";
import { type Project, ProjectRegistry } from "./registry.ts";
import { learn, type ModelRecord, recordOf } from "./trained-model.ts";
import { splitByDataset } from "./training/split-documents.ts";
import { learnAndTest, TRAINING_CONFIGS } from "./training/train-project.ts";

/** The names under which a loaded project's model is trained and served. */
const LOADED_MODEL = "samples";
const LOADED_DEPLOYMENT = "production";

/**
 * Reads `labels/*.json` and `training/<project>/` of a folder, trains each project and deploys it as `production`.
 * A folder without `labels` gives no projects. Documents for tests whose text is not there are left out.
 * @param now when the models count as trained, milliseconds since 1970
 * @param keepText takes the texts, each with the container that its project names
 * @throws Error that names the file and each problem in it
 */
export function loadProjects(
  folder: string,
  now: number,
  keepText: (container: string, name: string, text: string) => void = () => {},
): ProjectRegistry {
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
    for (const [location, text] of contents) keepText(metadata.storageInputContainerName, location, text);
    const outcome = learnAndTest({ metadata, assets }, contents, split, { kind: "manual" });
    registry.import(metadata, assets, now);
    const modelId = stableUuid(`model ${projectName}`);
    const about = { label: LOADED_MODEL, modelId, trainedAt: now, trainingSeconds: 0 };
    registry.addModel(projectName, learn({ ...about, configVersion: TRAINING_CONFIGS[0] ?? "", ...outcome }));
    registry.deploy(projectName, LOADED_DEPLOYMENT, LOADED_MODEL, now);
  }
  return registry;
}

/** A project as it is written to a file: what changed since the start, or that a project is gone. */
export interface ProjectRecord {
  id: string;
  name: string;
  /** Absent: deleted, also when it is one of those loaded at every start. */
  project?: {
    metadata: ProjectMetadata;
    assets?: ProjectAssets;
    createdAt: number;
    modifiedAt: number;
    trainedAt?: number;
    deployedAt?: number;
    /** Every model that a label or a deployment needs. */
    models: readonly ModelRecord[];
    /** Model ids of the labels. */
    labels: readonly string[];
    deployments: readonly { name: string; modelId: string; deployedAt: number }[];
  };
}

/** Brings a registry to where it was when the process last stopped, and keeps what changes from now on. */
export function keepProjects(registry: ProjectRegistry, store: Store<ProjectRecord>): void {
  for (const { name, project } of store.all()) {
    if (project === undefined) registry.deleteProject(name);
    else registry.put(fromRecord(project));
  }
  registry.watch((name) => store.save(toRecord(name, registry.project(name))));
}

/** Names differ in case, files need not: the id has a part that always differs. */
function idOf(name: string): string {
  return `${name}-${textHash(name).slice(0, 8)}`;
}

function toRecord(name: string, project: Project | undefined): ProjectRecord {
  const id = idOf(name);
  if (project === undefined) return { id, name };
  const { models, deployments, ...rest } = project;
  const needed = [...models.values(), ...[...deployments.values()].map(({ trained }) => trained)];
  const byId = new Map(needed.map((trained) => [trained.modelId, recordOf(trained)]));
  return {
    id,
    name,
    project: {
      ...rest,
      models: [...byId.values()],
      labels: [...models.values()].map(({ modelId }) => modelId),
      deployments: [...deployments.values()].map(({ name: deployment, trained, deployedAt }) => ({
        name: deployment,
        modelId: trained.modelId,
        deployedAt,
      })),
    },
  };
}

function fromRecord({ models, labels, deployments, ...rest }: NonNullable<ProjectRecord["project"]>): Project {
  const learned = new Map(models.map((record) => [record.modelId, learn(record)]));
  const found = (modelId: string) => learned.get(modelId) ?? [];
  return {
    ...rest,
    models: new Map(labels.flatMap(found).map((trained) => [trained.label, trained])),
    deployments: new Map(
      deployments.flatMap(({ name, modelId, deployedAt }) =>
        [found(modelId)].flat().map((trained) => [name, { name, trained, deployedAt }] as const),
      ),
    ),
  };
}
