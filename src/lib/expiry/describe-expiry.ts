import type { ExpiryWarning, ModelsAnswer } from "../api/models-schemas.ts";
import type { LogEvent } from "../common/log.ts";
import { RETIREMENTS, type Retirement } from "../language/retirements.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { type CustomDeployment, customDeployments } from "./custom-deployments.ts";
import { daysLeft, isNear } from "./days-left.ts";
import type { ExpiryFile } from "./expiry-file.ts";

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

/** What to do about ends, as known from the last look. */
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
