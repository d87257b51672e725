import type { Store } from "../store.ts";
import { textHash } from "../text/hash.ts";
import type { ProjectAssets, ProjectMetadata } from "./project-file.ts";
import type { Project, ProjectRegistry } from "./registry.ts";
import { learn, type ModelRecord, recordOf } from "./trained-model.ts";

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
