import type { CustomModel } from "../models/model.ts";
import { stableUuid } from "../text/hash.ts";
import type { ProjectKind, ProjectMetadata } from "./project-file.ts";

/** A model trained from a project's labels. */
export interface TrainedModel {
  label: string;
  modelId: string;
  /** Milliseconds since 1970. */
  trainedAt: number;
  model: CustomModel;
}

/** A name under which one model of a project answers. */
export interface Deployment {
  name: string;
  modelLabel: string;
  /** Milliseconds since 1970. */
  deployedAt: number;
}

/** A project with its models and deployments. */
export interface Project {
  readonly metadata: ProjectMetadata;
  readonly models: Map<string, TrainedModel>;
  readonly deployments: Map<string, Deployment>;
}

/** Between `<guid>_` and `_latest` in a preview's model id. */
const PUBLISHED_KIND: Readonly<Record<ProjectKind, string>> = {
  CustomSingleLabelClassification: "SingleClassification",
  CustomMultiLabelClassification: "MultiClassification",
  CustomEntityRecognition: "Extraction",
  CustomHealthcare: "Healthcare",
};

/** Projects, models and deployments of one Language resource. Names are case-sensitive, as in the service. */
export class ProjectRegistry {
  readonly #projects = new Map<string, Project>();

  /** Adds a project without models; one of the same name is replaced, as an import does. */
  addProject(metadata: ProjectMetadata): Project {
    const project: Project = { metadata, models: new Map(), deployments: new Map() };
    this.#projects.set(metadata.projectName, project);
    return project;
  }

  project(name: string): Project | undefined {
    return this.#projects.get(name);
  }

  projects(): Project[] {
    return [...this.#projects.values()];
  }

  deleteProject(name: string): boolean {
    return this.#projects.delete(name);
  }

  /** Keeps a trained model under its label. @throws Error when there is no such project */
  addModel(projectName: string, trained: TrainedModel): void {
    this.#require(projectName).models.set(trained.label, trained);
  }

  /** Points a deployment, new or old, at a model. @throws Error when there is no such project or model */
  deploy(projectName: string, deploymentName: string, modelLabel: string, now: number): Deployment {
    const project = this.#require(projectName);
    if (!project.models.has(modelLabel)) {
      const known = [...project.models.keys()].join(", ") || "none";
      throw new Error(`Project ${projectName} has no model ${modelLabel}; its models: ${known}.`);
    }
    const deployment = { name: deploymentName, modelLabel, deployedAt: now };
    project.deployments.set(deploymentName, deployment);
    return deployment;
  }

  /** Takes a deployment away; false when there was none. */
  deleteDeployment(projectName: string, deploymentName: string): boolean {
    return this.#projects.get(projectName)?.deployments.delete(deploymentName) ?? false;
  }

  /** The model behind a deployment. */
  deployed(projectName: string, deploymentName: string): TrainedModel | undefined {
    const project = this.#projects.get(projectName);
    const label = project?.deployments.get(deploymentName)?.modelLabel;
    return label === undefined ? undefined : project?.models.get(label);
  }

  /** The model id by which the preview of 2021 names a project's latest published model. */
  publishedModelId(project: Project): string {
    const { projectName, projectKind } = project.metadata;
    return `${stableUuid(`published ${projectName}`)}_${PUBLISHED_KIND[projectKind]}_latest`;
  }

  /** The project and model that a preview's model id names: of the project's deployments, the one deployed last. */
  published(modelId: string): { project: Project; trained: TrainedModel } | undefined {
    const project = this.projects().find((candidate) => this.publishedModelId(candidate) === modelId);
    const last = [...(project?.deployments.values() ?? [])].toSorted((a, b) => b.deployedAt - a.deployedAt)[0];
    const trained = last === undefined ? undefined : project?.models.get(last.modelLabel);
    return project === undefined || trained === undefined ? undefined : { project, trained };
  }

  #require(projectName: string): Project {
    const project = this.#projects.get(projectName);
    if (project === undefined) throw new Error(`There is no project ${projectName}.`);
    return project;
  }
}
