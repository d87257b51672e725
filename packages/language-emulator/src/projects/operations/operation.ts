import type { ErrorBody } from "../../http/service-error.ts";
import type { ProjectAssets, ProjectMetadata } from "../project-file.ts";
import type { ModelRecord } from "../trained-model.ts";

/** The generations of authoring; a job is only known to the one it was started in. */
export type AuthoringWire = "current" | "v1.0-preview.2";

/** What a job of authoring does. All that it will do is decided when it is accepted, and done when its time has come. */
export type Work =
  | { kind: "import"; metadata: ProjectMetadata; assets?: ProjectAssets }
  /** The project's labels become those of a model's training. */
  | { kind: "loadSnapshot"; modelLabel: string }
  | { kind: "export"; file: Readonly<Record<string, unknown>> }
  | TrainWork
  /** Also the preview's publication. */
  | { kind: "deploy"; deployment: string; modelId: string }
  | { kind: "deleteDeployment"; deployment: string }
  /** Each deployment with the model that it gets. */
  | { kind: "swap"; gets: readonly { deployment: string; modelId: string }[] }
  | { kind: "deleteProject" };

export interface TrainWork {
  kind: "train";
  modelLabel: string;
  configVersion: string;
  /** Milliseconds since 1970: the training is over and the evaluation begins. */
  evaluationAt: number;
  /** None when the training fails. */
  model?: ModelRecord;
  /** Set when the model is made, but cannot be evaluated. */
  evaluationFailure?: ErrorBody;
}

/** A job of authoring. Times are milliseconds since 1970. */
export interface Operation {
  id: string;
  wire: AuthoringWire;
  project: string;
  work: Work;
  createdAt: number;
  startsAt: number;
  finishesAt: number;
  cancelledAt?: number;
  /** From then on the service has forgotten the job; what it does is done all the same. */
  lostAt?: number;
  failure?: ErrorBody;
  /** Whether it is over and its work done. */
  settled: boolean;
  /** Fields that no client knows, added to the answer. */
  extraFields?: Readonly<Record<string, unknown>>;
}

/** Whether a job is a training. */
export function isTraining(operation: Operation): operation is Operation & { work: TrainWork } {
  return operation.work.kind === "train";
}
