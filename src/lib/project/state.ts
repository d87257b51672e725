import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { holdSchema } from "../common/hold.ts";
import { PROJECT_KINDS } from "../language/authoring/authoring.ts";
import { VersionedJson } from "../storage/versioned-json.ts";
import { definitionSchema } from "./definition/definition-schema.ts";
import { projectWork } from "./names.ts";

/** What is being done; each is repeated until it is done. */
const PHASES = ["prepare", "create", "train", "evaluate", "deploy", "delete", "ended"] as const;
export type Phase = (typeof PHASES)[number];

const scoresSchema = z.object({
  macroF1: z.number().optional(),
  macroPrecision: z.number().optional(),
  macroRecall: z.number().optional(),
  microF1: z.number().optional(),
  microPrecision: z.number().optional(),
  microRecall: z.number().optional(),
  classes: z.record(
    z.string(),
    z.object({ f1: z.number().optional(), precision: z.number().optional(), recall: z.number().optional() }),
  ),
});

const problemSchema = z.looseObject({ code: z.string().optional(), found: z.string(), expected: z.string() });

const errorSchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  /** Everything that is wrong with the project file or the labels; the first of them, when they are many. */
  problems: z.array(problemSchema).optional(),
});

/** A job of the service, or the intent to start one, written down before it is asked for. */
const jobSchema = z.object({
  /** What it does: `import`, `train`, `deploy production-staging`, `swap`, … */
  name: z.string(),
  /** ISO 8601: when it was last asked for. */
  askedAt: z.string(),
  /** How often the service took it: more than once when it knew nothing of it afterwards. */
  taken: z.int().default(0),
  /** Jobs of the service that there were before; a further one is this. */
  before: z.array(z.string()).default([]),
  /** Absent until the service has answered. */
  jobId: z.string().optional(),
  location: z.string().optional(),
  /** Set when it is over, for jobs that must not be repeated at once. */
  endedAt: z.string().optional(),
  /** Of the preview: what the publication that is over gave; nothing else of the service tells it again. */
  modelId: z.string().optional(),
});

const runSchema = z.object({
  command: z.object({
    id: z.string(),
    action: z.enum(["apply", "train", "deploy", "renew", "delete"]),
    at: z.string(),
    modelLabel: z.string().optional(),
    deploymentName: z.string().optional(),
    ignoreThresholds: z.boolean().optional(),
    only: z.object({ model: z.string().optional(), deployment: z.string().optional() }).optional(),
  }),
  phase: z.enum(PHASES),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  /** The project file, without labels that stood in it. */
  definition: definitionSchema.optional(),
  /** What was read of the labels. */
  labels: z
    .object({
      source: z.string(),
      documents: z.int(),
      /** Changes when they change. */
      digest: z.string(),
      /** Of the preview: the tags file in the training container. */
      location: z.string().optional(),
      warnings: z.array(problemSchema),
    })
    .optional(),
  modelLabel: z.string().optional(),
  job: jobSchema.optional(),
  /** Of the running training. */
  percent: z.number().optional(),
  /** Of the preview: the project was gone, and is created a second time. */
  createdAgain: z.boolean().default(false),
  /** How often the evaluation was asked for in vain. */
  evaluationPolls: z.int().default(0),
  /** Why nothing moves at the moment; it is tried again by itself. */
  hold: holdSchema.optional(),
  outcome: z.enum(["succeeded", "belowThreshold", "failed", "deleted"]).optional(),
  error: errorSchema.optional(),
  /** True when the status beside the project file tells how it ended. */
  reported: z.boolean().default(false),
});

/** What a project of the preview was created from, and keeps. */
const createdSchema = z.object({
  /** Digest of the labels. */
  labels: z.string(),
  kind: z.enum(PROJECT_KINDS),
  container: z.string(),
  /** Culture. */
  language: z.string(),
  multilingual: z.boolean(),
  description: z.string(),
});

const stateSchema = z.object({
  schemaVersion: z.literal("1.0"),
  /** The current or last piece of work. */
  run: runSchema.optional(),
  /** ETag of a project file that made room for something else before it was carried out, and is taken up after that. */
  preemptedDefinition: z.string().optional(),
  /** Of the preview, which tells nothing of its projects: how this one was created, by the Language resource. */
  created: z.record(z.string(), createdSchema).default({}),
  /** The last trained model. */
  model: z.object({ label: z.string(), modelId: z.string().optional(), trainedAt: z.string().optional() }).optional(),
  /** By model label. */
  scores: z.record(z.string(), scoresSchema).default({}),
  /** What answers predictions, as far as this application deployed it; by the name of the deployment. */
  serving: z
    .record(z.string(), z.object({ model: z.string(), modelId: z.string().optional(), since: z.string() }))
    .default({}),
  /** A deployment that this application made to exchange and will delete. */
  staging: z.string().optional(),
});

export type ProjectState = z.output<typeof stateSchema>;
export type Run = z.output<typeof runSchema>;
export type ProjectJob = z.output<typeof jobSchema>;
export type ProjectError = z.output<typeof errorSchema>;
export type CreatedProject = z.output<typeof createdSchema>;
export type Scores = z.output<typeof scoresSchema>;

/** What is kept of a project. */
export function projectState(work: ContainerClient, project: string): VersionedJson<ProjectState> {
  return new VersionedJson(work, projectWork.state(project), stateSchema, () =>
    stateSchema.parse({ schemaVersion: "1.0" }),
  );
}
