import type { ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import type { HoldReason } from "../common/hold.ts";
import type { EventLog } from "../common/log.ts";
import type { AuthoringClient } from "../language/authoring/authoring.ts";
import { EXPIRED_CODE } from "../language/errors/code-rules.ts";
import { LanguageError } from "../language/errors/language-error.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import {
  type CustomDeployment,
  customDeployments,
  type DeploymentExpiry,
  describeExpiry,
  type ExpiryFile,
  type ExpiryView,
  readExpiryFile,
  writeExpiryFile,
} from "./describe-expiry.ts";

/** Expiries change by the year; alerts look back a day. */
const READ_AGAIN_MS = 20 * 60 * 60_000;
/** What was read is good for so long: a page that is refreshed, or a probe, costs no storage operation each time. */
const FRESH_MS = 60_000;
/** Authoring takes 100 GET requests a minute. */
const AT_ONCE = 4;
/** Any version tells a deployment; this is the oldest that all regions have. */
export const READING_VERSION = "2023-04-01";

/** What the watch works with. */
export interface ExpiryContext {
  work: ContainerClient;
  pipelines: readonly Pipeline[];
  endpointsOf(pipeline: Pipeline): readonly string[];
  /** Asks authoring of a Language resource; undefined where this app may not author. */
  authoring: ((endpoint: string) => AuthoringClient) | undefined;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Knows when each custom deployment ends, and tells it in time. One for a process. */
export class ExpiryWatch {
  readonly #context: ExpiryContext;
  /** What the last refresh was about, and when the next is due. */
  #refreshed: { subject: string; until: number } | undefined;
  #read: { file: ExpiryFile | undefined; until: number } | undefined;

  constructor(context: ExpiryContext) {
    this.#context = context;
  }

  /**
   * Looks at the deployments once a day, and whenever other ones are asked or the service refuses one as expired; then
   * each is told to the log, with what Microsoft retires. In between it costs nothing.
   * @param refused by pipeline, why the service refuses its jobs at the moment
   */
  async refresh(refused: ReadonlyMap<string, HoldReason>, log: EventLog): Promise<void> {
    const { work, pipelines, endpointsOf, now } = this.#context;
    const asked = customDeployments(pipelines, endpointsOf);
    const expired = new Map([...refused].filter(([, { code }]) => code === EXPIRED_CODE));
    const names = pipelines.map(({ name, tasks }) => [name, tasks.map(({ kind }) => kind)]);
    const subject = JSON.stringify([asked, names, [...expired.keys()].sort()]);
    if (this.#refreshed?.subject === subject && this.#refreshed.until > now()) return;
    const before = await readExpiryFile(work);
    const nextRead = before === undefined ? 0 : Date.parse(before.readAt) + READ_AGAIN_MS;
    if (before?.subject !== subject || nextRead <= now()) {
      const deployments = await pMap(asked, (each) => this.#expiryOf(each, before, expired), { concurrency: AT_ONCE });
      const file = { readAt: new Date(now()).toISOString(), subject, deployments };
      await writeExpiryFile(work, file);
      this.#keep(file);
      for (const event of describeExpiry(this.#context, file).events) log(event);
    }
    this.#refreshed = {
      subject,
      until: nextRead > now() && before?.subject === subject ? nextRead : now() + READ_AGAIN_MS,
    };
  }

  /** What is known, from a read that is a minute old at the most. */
  async view(): Promise<ExpiryView> {
    if (this.#read === undefined || this.#read.until <= this.#context.now()) {
      this.#keep(await readExpiryFile(this.#context.work));
    }
    return describeExpiry(this.#context, this.#read?.file);
  }

  #keep(file: ExpiryFile | undefined): void {
    this.#read = { file, until: this.#context.now() + FRESH_MS };
  }

  async #expiryOf(
    { endpoint, project, deployment, pipelines }: CustomDeployment,
    before: ExpiryFile | undefined,
    expired: ReadonlyMap<string, HoldReason>,
  ): Promise<DeploymentExpiry> {
    const known = { endpoint, project, deployment };
    const earlier = before?.deployments.find((each) => isSame(each, known));
    const told = await this.#askAuthoring(known, earlier);
    const refusal = pipelines.map((pipeline) => expired.get(pipeline)).find((reason) => isAbout(reason, known));
    if (refusal === undefined) return told;
    const today = new Date(this.#context.now()).toISOString().slice(0, 10);
    const since = earlier?.source === "runtime" ? earlier.expiresOn : undefined;
    return { ...known, expiresOn: since ?? earlierOf(told.expiresOn, today), source: "runtime", problem: refusal };
  }

  async #askAuthoring(
    known: Pick<DeploymentExpiry, "endpoint" | "project" | "deployment">,
    earlier: DeploymentExpiry | undefined,
  ): Promise<DeploymentExpiry> {
    const { authoring } = this.#context;
    const remembered = earlier?.source === "authoring" ? earlier : undefined;
    if (authoring === undefined) return { ...known, problem: NOT_ASKED };
    try {
      const client = authoring(known.endpoint);
      const found = client.wire === "current" ? await client.deployment(known.project, known.deployment) : undefined;
      if (found === undefined) return { ...known, problem: missing(known) };
      const expiresOn = found.deploymentExpirationDate;
      return expiresOn === undefined || Number.isNaN(Date.parse(expiresOn))
        ? known
        : { ...known, expiresOn: expiresOn.slice(0, 10), source: "authoring" };
    } catch (error) {
      if (!(error instanceof LanguageError)) throw error;
      // What authoring said before still holds: an expiry is seldom brought forward.
      return { ...remembered, ...known, problem: { code: error.code, message: error.publicMessage, hint: error.hint } };
    }
  }
}

function isSame(
  one: Pick<DeploymentExpiry, "endpoint" | "project" | "deployment">,
  other: Pick<DeploymentExpiry, "endpoint" | "project" | "deployment">,
): boolean {
  return one.endpoint === other.endpoint && one.project === other.project && one.deployment === other.deployment;
}

/** A refusal that names deployments is about these; one that names none, about each of the pipeline. */
function isAbout(
  reason: HoldReason | undefined,
  { project, deployment }: { project: string; deployment: string },
): boolean {
  if (reason === undefined) return false;
  const quoted = [...reason.message.matchAll(/'([^']+)'/g)].map(([, name]) => name);
  return quoted.length === 0 || quoted.includes(deployment) || quoted.includes(project);
}

function earlierOf(one: string | undefined, other: string): string {
  return one !== undefined && one < other ? one : other;
}

const NOT_ASKED: HoldReason = {
  code: "AuthoringOff",
  message: "Only authoring tells when a deployment ends, and AUTHORING is not true",
  hint: "Deploy with authoring=true to be told in time; without it, the first word of an expiry is the service's refusal.",
};

function missing({ project, deployment }: { project: string; deployment: string }): HoldReason {
  return {
    code: "DeploymentNotFound",
    message: `The Language resource has no deployment "${deployment}" of a project "${project}"`,
    hint: "Check projectName and deploymentName in pipelines.json: upper and lower case count.",
  };
}
