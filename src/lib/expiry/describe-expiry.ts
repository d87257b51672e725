import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import type { ExpiryWarning, ModelsAnswer } from "../api/pipeline-schemas.ts";
import { reasonSchema } from "../common/hold.ts";
import type { LogEvent } from "../common/log.ts";
import { RETIREMENTS, type Retirement } from "../language/retirements.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { readText, writeText } from "../storage/blobs.ts";
import { parseReadable } from "../storage/versioned-json.ts";

type DeploymentView = ModelsAnswer["deployments"][number];
type RetirementView = ModelsAnswer["retirements"][number];

/** All that is known of ends. */
export interface ExpiryView {
  /** ISO 8601: when the deployments were last looked at; absent before the first time. */
  readAt?: string;
  deployments: DeploymentView[];
  retirements: RetirementView[];
  /** By pipeline. */
  warnings: ReadonlyMap<string, ExpiryWarning[]>;
  /** For the log, one for each pipeline and deployment whose end is known, and for each kind that is retired soon. */
  events: (LogEvent & { event: "expiry.report" })[];
}

/** What `GET /api/models` answers. */
export function modelsAnswer({ readAt, deployments, retirements }: ExpiryView): ModelsAnswer {
  return { ...(readAt === undefined ? {} : { readAt }), deployments, retirements };
}

interface Subject {
  pipelines: readonly Pipeline[];
  endpointsOf(pipeline: Pipeline): readonly string[];
  now(): number;
}

/** What to do about ends, as last read. */
export function describeExpiry({ pipelines, endpointsOf, now }: Subject, file: ExpiryFile | undefined): ExpiryView {
  const deployments = customDeployments(pipelines, endpointsOf).map((each) => describeDeployment(each, file, now()));
  const retirements = RETIREMENTS.flatMap((each) => describeRetirement(each, pipelines, now()));
  const warnings = new Map<string, ExpiryWarning[]>();
  const events: ExpiryView["events"] = [];
  const add = (pipeline: string, warning: ExpiryWarning, source: string): void => {
    const { hint: _, ...facts } = warning;
    events.push({ event: "expiry.report", pipeline, ...facts, source });
    if (isNear(warning.daysLeft)) warnings.set(pipeline, [...(warnings.get(pipeline) ?? []), warning]);
  };
  for (const { project, deployment, expiresOn: on, daysLeft: days, source, pipelines: names } of deployments) {
    if (on === undefined || days === undefined || source === undefined) continue;
    const hint = `npm run project -- renew ${project}`;
    for (const pipeline of names) {
      add(pipeline, { subject: "deployment", name: `${project}/${deployment}`, on, daysLeft: days, hint }, source);
    }
  }
  for (const { subject, name, on, daysLeft: days, meaning, pipelines: names } of retirements) {
    // What is posted for a configuration may be put off; what counts is what the service says of the deployment.
    if (subject !== "kind" || !isNear(days)) continue;
    for (const pipeline of names) add(pipeline, { subject, name, on, daysLeft: days, hint: meaning }, "published");
  }
  return { ...(file === undefined ? {} : { readAt: file.readAt }), deployments, retirements, warnings, events };
}

function describeDeployment(asked: CustomDeployment, file: ExpiryFile | undefined, now: number): DeploymentView {
  const known = file?.deployments.find(
    (each) =>
      each.endpoint === asked.endpoint && each.project === asked.project && each.deployment === asked.deployment,
  );
  if (known?.expiresOn === undefined) return { ...known, ...asked, state: "unknown" };
  const days = daysLeft(known.expiresOn, now);
  // On its date it may still serve, and often does longer: it counts as expired when the service says so, or after it.
  const state = known.source === "runtime" || days < 0 ? "expired" : isNear(days) ? "expiring" : "current";
  return { ...known, ...asked, state, daysLeft: days };
}

function describeRetirement(retirement: Retirement, pipelines: readonly Pipeline[], now: number): RetirementView[] {
  const { read: _, ...facts } = retirement;
  const users = pipelines.filter(({ tasks }) => tasks.some((task) => isUsed(retirement, task)));
  if (users.length === 0 && retirement.subject !== "tool") return [];
  return [{ ...facts, daysLeft: daysLeft(retirement.on, now), pipelines: users.map(({ name }) => name) }];
}

function isUsed({ subject, name }: Retirement, { kind, parameters }: Pipeline["tasks"][number]): boolean {
  if (subject === "kind") return kind === name;
  return subject === "configuration" && parameters.deploymentName !== undefined;
}

/** Days before an end from which on somebody is told; alerts come again 30 and 7 days before. */
const WARNING_DAYS = 90;

const DAY_MS = 24 * 60 * 60_000;

/**
 * Whole days until the day begins on which something ends; 0 on that day, negative after it.
 * @param on ISO 8601, a day or a time
 * @param now milliseconds since 1970
 */
function daysLeft(on: string, now: number): number {
  const day = Date.parse(on.slice(0, 10));
  return Math.ceil((day - now) / DAY_MS) + 0;
}

/** True for what ends soon enough that somebody is told, or has ended. */
function isNear(days: number): boolean {
  return days <= WARNING_DAYS;
}

/** A deployment of a custom model that pipelines ask. */
export interface CustomDeployment {
  /** Language resource, no trailing slash. */
  endpoint: string;
  project: string;
  deployment: string;
  /** Names of the pipelines that ask it, in the order of pipelines.json. */
  pipelines: string[];
}

/**
 * The deployments that pipelines ask, each once. A model of the 2021 preview, which is named by its id, has none.
 * @param endpointsOf the Language resources of a pipeline
 */
export function customDeployments(
  pipelines: readonly Pipeline[],
  endpointsOf: (pipeline: Pipeline) => readonly string[],
): CustomDeployment[] {
  const found = new Map<string, CustomDeployment>();
  for (const pipeline of pipelines) {
    for (const { parameters } of pipeline.tasks) {
      const { projectName: project, deploymentName: deployment } = parameters;
      if (typeof project !== "string" || typeof deployment !== "string") continue;
      for (const endpoint of endpointsOf(pipeline)) {
        const key = JSON.stringify([endpoint, project, deployment]);
        const known = found.get(key) ?? { endpoint, project, deployment, pipelines: [] };
        if (!known.pipelines.includes(pipeline.name)) known.pipelines.push(pipeline.name);
        found.set(key, known);
      }
    }
  }
  return [...found.values()];
}

const deploymentSchema = z.object({
  endpoint: z.string(),
  project: z.string(),
  deployment: z.string(),
  /** ISO 8601, a day: the last word of authoring, or the day on which the service refused it as expired. */
  expiresOn: z.string().optional(),
  source: z.enum(["authoring", "runtime"]).optional(),
  /** Why authoring could not be asked, or what the service said when it refused. */
  problem: reasonSchema.optional(),
});

const fileSchema = z.object({
  /** ISO 8601. */
  readAt: z.string(),
  /** What was looked at: the deployments, and the pipelines that the service refused. Another look is due when it changes. */
  subject: z.string(),
  deployments: z.array(deploymentSchema),
});

/** When a deployment ends, as far as that is known. */
export type DeploymentExpiry = z.output<typeof deploymentSchema>;
/** What the last look at the deployments found. */
export type ExpiryFile = z.output<typeof fileSchema>;

/** In the work container. */
const NAME = "expiry.json";

/** Undefined before the first refresh, and for a file that cannot be read: the next one writes it anew. */
export async function readExpiryFile(work: ContainerClient): Promise<ExpiryFile | undefined> {
  const blob = await readText(work, NAME);
  return parseReadable(blob?.text, fileSchema);
}

/** Two sweeps that look at the same time find the same; the later one's words stay. */
export async function writeExpiryFile(work: ContainerClient, file: ExpiryFile): Promise<void> {
  await writeText(work, NAME, JSON.stringify(file));
}
