import { stableUuid } from "../text.ts";
import type { ProjectAssets, ProjectKind, ProjectMetadata } from "./project-file.ts";
import type { TrainedModel } from "./trained-model.ts";

/** A name under which one model of a project answers. It keeps its model when the model's label is trained anew. */
export interface Deployment {
  name: string;
  trained: TrainedModel;
  /** Milliseconds since 1970. */
  deployedAt: number;
  /** The day on which it ends, as `2026-10-28`; absent: the one that all models of its configuration have. */
  expiresOn?: string;
}

/** A project with its labels, models and deployments. Times are milliseconds since 1970. */
export interface Project {
  metadata: ProjectMetadata;
  /** Labelled documents; none before the first import. */
  assets?: ProjectAssets;
  createdAt: number;
  modifiedAt: number;
  trainedAt?: number;
  deployedAt?: number;
  /** By label. */
  readonly models: Map<string, TrainedModel>;
  readonly deployments: Map<string, Deployment>;
}

/** The deployment that a publication of the preview of 2021 makes. */
export const PUBLISHED_DEPLOYMENT = "latest";

/** Projects, models and deployments of one Language resource. Names are case-sensitive, as in the service. */
export class ProjectRegistry {
  readonly #projects = new Map<string, Project>();
  #changed: (name: string) => void = () => {};

  /** Calls `listener` with the name of every project that is made, changed or deleted from now on. */
  watch(listener: (name: string) => void): void {
    this.#changed = listener;
  }

  project(name: string): Project | undefined {
    return this.#projects.get(name);
  }

  projects(): Project[] {
    return [...this.#projects.values()];
  }

  /** Puts a project in the place of any of its name. */
  put(project: Project): void {
    this.#projects.set(project.metadata.projectName, project);
    this.#changed(project.metadata.projectName);
  }

  /** Makes a project, or changes the settings of the one of that name. */
  set(metadata: ProjectMetadata, now: number): Project {
    const project = this.#projects.get(metadata.projectName) ?? newProject(metadata, now);
    project.metadata = metadata;
    project.modifiedAt = now;
    this.put(project);
    return project;
  }

  /** Makes a project with labels, or replaces settings and labels of the one of that name: its models stay. */
  import(metadata: ProjectMetadata, assets: ProjectAssets | undefined, now: number): Project {
    const project = this.set(metadata, now);
    if (assets === undefined) delete project.assets;
    else project.assets = assets;
    this.#changed(metadata.projectName);
    return project;
  }

  deleteProject(name: string): boolean {
    const deleted = this.#projects.delete(name);
    if (deleted) this.#changed(name);
    return deleted;
  }

  /** Keeps a trained model under its label. @throws Error when there is no such project */
  addModel(projectName: string, trained: TrainedModel): void {
    const project = this.#require(projectName);
    project.models.set(trained.label, trained);
    project.trainedAt = trained.trainedAt;
    this.#changed(projectName);
  }

  /** Takes a model away; false when there was none. */
  deleteModel(projectName: string, label: string): boolean {
    const deleted = this.#projects.get(projectName)?.models.delete(label) ?? false;
    if (deleted) this.#changed(projectName);
    return deleted;
  }

  /** Points a deployment, new or old, at a model. @throws Error when there is no such project or model */
  deploy(projectName: string, deploymentName: string, modelLabel: string, now: number): Deployment {
    const project = this.#require(projectName);
    const trained = project.models.get(modelLabel);
    if (trained === undefined) {
      const known = [...project.models.keys()].join(", ") || "none";
      throw new Error(`Project ${projectName} has no model ${modelLabel}; its models: ${known}.`);
    }
    return this.serve(projectName, deploymentName, trained, now);
  }

  /** Points a deployment, new or old, at a model that need not be under a label any more. */
  serve(projectName: string, deploymentName: string, trained: TrainedModel, now: number): Deployment {
    const project = this.#require(projectName);
    const deployment = { name: deploymentName, trained, deployedAt: now };
    project.deployments.set(deploymentName, deployment);
    project.deployedAt = now;
    this.#changed(projectName);
    return deployment;
  }

  /** Takes a deployment away; false when there was none. */
  deleteDeployment(projectName: string, deploymentName: string): boolean {
    const deleted = this.#projects.get(projectName)?.deployments.delete(deploymentName) ?? false;
    if (deleted) this.#changed(projectName);
    return deleted;
  }

  /** Lets a deployment end on a day of its own. @throws Error when there is none of that name */
  expire(projectName: string, deploymentName: string, expiresOn: string): void {
    const { deployments } = this.#require(projectName);
    const deployment = deployments.get(deploymentName);
    if (deployment === undefined) throw new Error(`Project ${projectName} has no deployment ${deploymentName}.`);
    deployments.set(deploymentName, { ...deployment, expiresOn });
    this.#changed(projectName);
  }

  /** The model behind a deployment. */
  deployed(projectName: string, deploymentName: string): TrainedModel | undefined {
    return this.#projects.get(projectName)?.deployments.get(deploymentName)?.trained;
  }

  /** The model of that id, under its label or behind a deployment. */
  modelById(projectName: string, modelId: string): TrainedModel | undefined {
    const project = this.#projects.get(projectName);
    const known = [
      ...(project?.models.values() ?? []),
      ...[...(project?.deployments.values() ?? [])].map(({ trained }) => trained),
    ];
    return known.find((trained) => trained.modelId === modelId);
  }

  /** The model id by which the preview of 2021 names a project's latest published model. */
  publishedModelId(project: Project): string {
    return publishedModelId(project.metadata);
  }

  /**
   * The project and model that a preview's model id names: the one published, or when the project was deployed in
   * other ways only, of its deployments the one deployed last.
   */
  published(modelId: string): { project: Project; trained: TrainedModel } | undefined {
    const project = this.projects().find((candidate) => this.publishedModelId(candidate) === modelId);
    if (project === undefined) return undefined;
    const last = [...project.deployments.values()].toSorted((a, b) => b.deployedAt - a.deployedAt)[0];
    const trained = (project.deployments.get(PUBLISHED_DEPLOYMENT) ?? last)?.trained;
    return trained === undefined ? undefined : { project, trained };
  }

  #require(projectName: string): Project {
    const project = this.#projects.get(projectName);
    if (project === undefined) throw new Error(`There is no project ${projectName}.`);
    return project;
  }
}

function newProject(metadata: ProjectMetadata, now: number): Project {
  return { metadata, createdAt: now, modifiedAt: now, models: new Map(), deployments: new Map() };
}

/** What the preview of 2021 calls the kinds, also between `<guid>_` and `_latest` in its model ids. */
export const MODEL_TYPES: Readonly<Record<ProjectKind, string>> = {
  CustomSingleLabelClassification: "SingleClassification",
  CustomMultiLabelClassification: "MultiClassification",
  CustomEntityRecognition: "Extraction",
  CustomHealthcare: "Healthcare",
};

/** The model id under which the preview of 2021 publishes a project's models. It is the same every time. */
function publishedModelId({ projectName, projectKind }: ProjectMetadata): string {
  return `${stableUuid(`published ${projectName}`)}_${MODEL_TYPES[projectKind]}_latest`;
}
