import type { JobStatus, ServiceError } from "../analysis.ts";

/** What a project is made from. */
export interface NewProject {
  /** Upper and lower case count. */
  name: string;
  kind: ProjectKind;
  /** Container with the training texts, in the storage account that is linked to the Language resource. */
  container: string;
  language: string;
  multilingual: boolean;
  description?: string | undefined;
  settings?: Readonly<Record<string, unknown>> | undefined;
}

/** How a model is trained. */
export interface TrainingOptions {
  modelLabel: string;
  /** `latest` or a date. */
  trainingConfigVersion: string;
  evaluationOptions: EvaluationOptions;
}

export interface EvaluationOptions {
  kind: "percentage" | "manual";
  trainingSplitPercentage?: number | undefined;
  testingSplitPercentage?: number | undefined;
}

/** Where a job of authoring can be asked about: all that must be kept to go on with it after a crash. */
export interface AuthoringJob {
  /** Opaque: on the current wire a guid, an underscore and ticks. */
  jobId: string;
  /** Absolute address given by the service. */
  location: string;
}

/** How a job of authoring stands. */
export interface AuthoringJobState {
  jobId: string;
  status: JobStatus;
  /** True when the service will not change it any more. */
  finished: boolean;
  errors: readonly ServiceError[];
  warnings: readonly { code: string; message: string }[];
  createdDateTime?: string | undefined;
  expirationDateTime?: string | undefined;
  /** Of a training, 0 to 100; only the current wire tells. */
  percent?: number | undefined;
  /** When a training is expected to end, ISO 8601. */
  estimatedEndDateTime?: string | undefined;
  /** What a training makes. */
  modelLabel?: string | undefined;
  trainingConfigVersion?: string | undefined;
  /** What a deployment of the preview serves. */
  modelId?: string | undefined;
  /** What the service asked us to wait before the next poll, if it did. */
  retryAfterSeconds?: number | undefined;
}

/** How well a model did on the texts kept back for its test; 0 to 1. A score that the service could not give is absent. */
export interface Evaluation {
  macroF1?: number | undefined;
  macroPrecision?: number | undefined;
  macroRecall?: number | undefined;
  microF1?: number | undefined;
  microPrecision?: number | undefined;
  microRecall?: number | undefined;
  /** By the name of the class or entity; those without a text in the test are missing. */
  classes: Readonly<Record<string, ClassScores>>;
}

export interface ClassScores {
  f1?: number | undefined;
  precision?: number | undefined;
  recall?: number | undefined;
}

/** What both wires can do. Each call throws LanguageError; class `document` then means: refused for what it asks. */
interface CommonAuthoring {
  /** Address of the Language resource, no trailing slash. */
  readonly endpoint: string;
  /** Starts a training. Not repeated inside: only the caller knows whether twice is worse than never. */
  train(project: string, options: TrainingOptions): Promise<AuthoringJob>;
  /** Looks at a job. @throws LanguageError, code `JobNotFound` when the service no longer knows it */
  getJob(job: AuthoringJob): Promise<AuthoringJobState>;
  /** Undefined while there is none. */
  evaluation(project: string, modelLabel: string): Promise<Evaluation | undefined>;
  /** Deletes a project with its models and deployments. Undefined: it is gone, or was not there. */
  deleteProject(project: string): Promise<AuthoringJob | undefined>;
}

/** Authoring v1.0-preview.2, which can list nothing and publishes without a name. */
export interface PreviewAuthoring extends CommonAuthoring {
  readonly wire: "preview";
  /** @param labelsLocation name of the tags file in the container */
  createProject(project: NewProject, labelsLocation: string): Promise<void>;
  /** Makes a model the one that the project's model id stands for. */
  publish(project: string, modelLabel: string): Promise<AuthoringJob>;
}

/** A project as the service tells of it; unknown fields kept. */
export interface ProjectMetadata {
  projectName: string;
  projectKind: string;
  storageInputContainerName: string;
  language?: string | undefined;
  multilingual?: boolean | undefined;
  lastTrainedDateTime?: string | undefined;
  lastDeployedDateTime?: string | undefined;
  [field: string]: unknown;
}

export interface TrainedModel {
  label: string;
  modelId: string;
  lastTrainedDateTime: string;
  modelExpirationDate?: string | undefined;
  [field: string]: unknown;
}

export interface Deployment {
  deploymentName: string;
  modelId: string;
  /** When the model that it serves was trained. */
  lastTrainedDateTime: string;
  lastDeployedDateTime: string;
  deploymentExpirationDate?: string | undefined;
  [field: string]: unknown;
}

/** The current wire: `/language/authoring/analyze-text/projects`. */
export interface CurrentAuthoring extends CommonAuthoring {
  readonly wire: "current";
  /** Undefined when there is none of exactly this name. */
  project(name: string): Promise<ProjectMetadata | undefined>;
  projects(): Promise<ProjectMetadata[]>;
  /** Creates a project without labels, or changes its settings. */
  putProject(project: NewProject): Promise<ProjectMetadata>;
  /** Creates a project with its labels, or replaces those of an existing one. */
  importProject(project: NewProject, assets: object): Promise<AuthoringJob>;
  /** Trainings of the last days, whatever became of them. */
  trainings(project: string): Promise<AuthoringJobState[]>;
  /** Where a training that was found in the list can be asked about. */
  trainingJob(project: string, jobId: string): AuthoringJob;
  cancelTraining(project: string, jobId: string): Promise<AuthoringJob>;
  models(project: string): Promise<TrainedModel[]>;
  model(project: string, label: string): Promise<TrainedModel | undefined>;
  /** No error when it is not there. */
  deleteModel(project: string, label: string): Promise<void>;
  deployments(project: string): Promise<Deployment[]>;
  deployment(project: string, name: string): Promise<Deployment | undefined>;
  /** Creates a deployment, or replaces what it serves. */
  deploy(project: string, name: string, modelLabel: string): Promise<AuthoringJob>;
  /** Exchanges what two deployments serve. Doing it twice undoes it. */
  swap(project: string, first: string, second: string): Promise<AuthoringJob>;
  /** Undefined: it was not there. */
  deleteDeployment(project: string, name: string): Promise<AuthoringJob | undefined>;
}

/** One Language resource, spoken to in one version of its authoring wire; `wire` tells which. */
export type AuthoringClient = CurrentAuthoring | PreviewAuthoring;

/** The kinds of custom projects that this application trains, by the service's own names. */
export const PROJECT_KINDS = [
  "CustomSingleLabelClassification",
  "CustomMultiLabelClassification",
  "CustomEntityRecognition",
  "CustomHealthcare",
] as const;

export type ProjectKind = (typeof PROJECT_KINDS)[number];

/** A kind as the service or a labels file spells it: upper and lower case are mixed freely in the documentation. */
export function readProjectKind(text: unknown): ProjectKind | undefined {
  return typeof text === "string" ? PROJECT_KINDS.find((kind) => kind.toLowerCase() === text.toLowerCase()) : undefined;
}

/** True for kinds that mark places in a text, false for those that class it as a whole. */
export function marksEntities(kind: ProjectKind): boolean {
  return kind === "CustomEntityRecognition" || kind === "CustomHealthcare";
}

/** The preview that the current wire of authoring replaced. */
export const PREVIEW_VERSION = "v1.0-preview.2";

/**
 * Dated versions of the authoring wire: the `Versions` of azure-rest-api-specs
 * (`specification/cognitiveservices/Language.AnalyzeText-authoring`) and its folders of examples.
 */
const AUTHORING_VERSIONS = [
  "2022-05-01",
  "2022-05-15-preview",
  "2022-07-01-preview",
  "2022-10-01-preview",
  "2023-04-01",
  "2023-04-15-preview",
  "2024-11-15-preview",
  "2025-05-15-preview",
] as const;

/** All that `apiVersion` of a project file may be by name; a later date is taken on trust. */
export const KNOWN_AUTHORING_VERSIONS: readonly string[] = [...AUTHORING_VERSIONS, PREVIEW_VERSION];

const NEWEST_DATE = AUTHORING_VERSIONS[AUTHORING_VERSIONS.length - 1]?.slice(0, 10) ?? "";

/** The wire that a version speaks; undefined when there is no such version. */
export function wireOf(apiVersion: string): "current" | "preview" | undefined {
  if (apiVersion === PREVIEW_VERSION) return "preview";
  if ((AUTHORING_VERSIONS as readonly string[]).includes(apiVersion)) return "current";
  const [, date] = /^(\d{4}-\d{2}-\d{2})(?:-preview)?$/.exec(apiVersion) ?? [];
  const isLater = date !== undefined && !Number.isNaN(Date.parse(date)) && date > NEWEST_DATE;
  return isLater ? "current" : undefined;
}

/**
 * The kinds that a version can train. Custom Text Analytics for health came with 2023-04-15-preview and exists in
 * previews only; v1.0-preview.2 calls its kinds SingleClassification, MultiClassification and Extraction.
 */
export function authoringKinds(apiVersion: string): readonly ProjectKind[] {
  const hasHealth = apiVersion.endsWith("-preview") && apiVersion >= "2023-04-15";
  return PROJECT_KINDS.filter((kind) => kind !== "CustomHealthcare" || hasHealth);
}
