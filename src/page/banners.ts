import type { FailuresAnswer, HealthAnswer, Lane, ModelsAnswer, Pipeline, Reason, Requeue } from "./answers.ts";
import { BANNER_KINDS, type BannerKind, bannerOfCode, compareKinds } from "./banner-kinds.ts";
import { count, counted, duration } from "./format.ts";

/** What needs somebody, or explains why a pipeline stands still. */
export interface Banner {
  kind: BannerKind;
  /** Where; empty for what concerns the app as a whole. */
  pipelines: string[];
  /** What is wrong, in sentences. */
  text: string;
  /** What to do, where more is known than the section of the kind says. */
  hint?: string;
  /** The command that ends it, where its names are known. */
  command?: string;
  /** ISO 8601: since when, and when it is tried again. */
  since?: string;
  again?: string;
}

/** What banners are made from; what could not be asked is left out. */
export interface Findings {
  /** Milliseconds since 1970. */
  now: number;
  pipelines: readonly Pipeline[];
  health?: HealthAnswer | undefined;
  failures?: FailuresAnswer | undefined;
  requeues?: readonly Requeue[] | undefined;
  models?: ModelsAnswer | undefined;
  /** Since when the app does not answer, ISO 8601, and what happened when it was asked. */
  unreachable?: { since: string; message: string } | undefined;
}

/** The pipeline of documents that none wants. */
export const UNMATCHED = "_unmatched";

/** Fewer failures than this in an hour, or a smaller share, are told of in their section only. */
const MANY_FAILURES = { count: 5, share: 0.1 };

/** Documents that wait for so long without any lane are forgotten: the sweep opens lanes every minute. */
const STALLED_SECONDS = 300;

/** A retirement is told of this long before, days: moving to another feature takes longer than training anew. */
const RETIREMENT_DAYS = 365;

/** What needs somebody, worst first, and within a kind where most waits. The same reason in several pipelines is one banner. */
export function findBanners(findings: Findings): Banner[] {
  const { pipelines, now } = findings;
  const held = pipelines.flatMap((pipeline) => pipelineBanners(pipeline, now));
  // What lanes were told says more than what the calendar knows.
  const told = new Set(held.flatMap(({ kind, pipelines: names }) => (kind === "expired" ? names : [])));
  const ending = endingBanners(findings).filter(
    ({ kind, pipelines: names }) => kind !== "expired" || names.length === 0 || !names.every((name) => told.has(name)),
  );
  const banners = [...appBanners(findings), ...held, ...failureBanners(findings), ...ending];
  const waiting = ({ pipelines: names }: Banner) =>
    pipelines.reduce((sum, pipeline) => sum + (names.includes(pipeline.name) ? pipeline.waiting : 0), 0);
  return merge(banners).sort((one, other) => compareKinds(one.kind, other.kind) || waiting(other) - waiting(one));
}

/** How many of them want somebody to act or look. */
export function countNeeds(banners: readonly Banner[]): number {
  return banners.filter(({ kind }) => BANNER_KINDS[kind].level !== "wait").length;
}

function merge(banners: readonly Banner[]): Banner[] {
  const merged = new Map<string, Banner>();
  for (const banner of banners) {
    const key = JSON.stringify([banner.kind, banner.text, banner.hint]);
    const before = merged.get(key);
    if (before === undefined) merged.set(key, { ...banner });
    else before.pipelines = [...new Set([...before.pipelines, ...banner.pipelines])];
  }
  return [...merged.values()];
}

function appBanners({ unreachable, health, requeues }: Findings): Banner[] {
  const banners: Banner[] = [];
  if (unreachable !== undefined) {
    const { since, message } = unreachable;
    banners.push({
      kind: "unreachable",
      pipelines: [],
      text: `${message} What is shown below is what was known then.`,
      since,
    });
  }
  for (const { name, ok, message = "" } of health?.checks ?? []) {
    // The models tell more of a deployment.
    if (ok || name.startsWith("deployment ")) continue;
    const isSetting = name === "settings";
    const text = isSetting ? message : `${name}: ${message}`;
    banners.push({ kind: isSetting ? "settings" : "storage", pipelines: [], text });
  }
  for (const { id, kind, status, request, startedAt } of requeues ?? []) {
    if (status !== "failed") continue;
    const where = typeof request.pipeline === "string" ? [request.pipeline] : [];
    banners.push({
      kind: "requeue",
      pipelines: where,
      text: `The ${kind} ${id} ended before it was through.`,
      since: startedAt,
    });
  }
  return banners;
}

function pipelineBanners(pipeline: Pipeline, now: number): Banner[] {
  const { name, lanes, paused, waiting, oldestWaitingSeconds, blocked } = pipeline;
  const at = { pipelines: [name] };
  const banners: Banner[] = blocked.map((reason) => blockedBanner(name, reason, lanes));
  const overdue = lanes.filter(({ overdueSeconds }) => overdueSeconds !== undefined);
  if (overdue.length > 0) {
    const longest = Math.max(...overdue.map(({ overdueSeconds = 0 }) => overdueSeconds));
    const text = `${overdue.length === 1 ? "A lane" : `${count(overdue.length)} lanes`} should have gone on ${duration(longest)} ago. The sweep starts it anew within five minutes; its documents are kept.`;
    banners.push({ kind: "overdue", ...at, text });
  }
  banners.push(...heldBanners(pipeline, "failing", "failing"), ...heldBanners(pipeline, "retrying", "retrying"));
  const throttled = heldBanners(pipeline, "throttled", "throttled");
  // As long as other lanes go on, a wait at the rate limit is how full use of the quota looks.
  if (!lanes.some(isWorking)) banners.push(...throttled);
  if (paused !== undefined) {
    const by = paused.by === undefined ? "" : ` by ${paused.by}`;
    const isPause = paused.mode === "pause";
    const text = `${isPause ? "Paused" : "Drained"}${by}: ${paused.reason}. ${counted(waiting, "document")} wait${waiting === 1 ? "s" : ""}; nothing new is sent, and nothing is lost.`;
    banners.push({ kind: isPause ? "paused" : "drained", ...at, text, since: paused.since });
  } else if (
    waiting > 0 &&
    oldestWaitingSeconds > STALLED_SECONDS &&
    lanes.every(({ running }) => !running) &&
    banners.length === 0
  ) {
    const text = `${counted(waiting, "document")} wait, the oldest for ${duration(oldestWaitingSeconds)}, and no lane runs. The sweep should have opened one.`;
    banners.push({ kind: "stalled", ...at, text, since: new Date(now - oldestWaitingSeconds * 1000).toISOString() });
  }
  const failed = sum(pipeline.series.failed);
  const ended = sum(pipeline.series.documents);
  if (failed >= MANY_FAILURES.count && failed / Math.max(ended, failed) > MANY_FAILURES.share) {
    const text = `${count(failed)} of the ${counted(Math.max(ended, failed), "document")} that ended in the last hour failed.`;
    banners.push({ kind: "failures", ...at, text });
  }
  return banners;
}

function blockedBanner(pipeline: string, { code, message, hint }: Reason, lanes: readonly Lane[]): Banner {
  const held = lanes.flatMap(({ status }) =>
    status?.reason?.code === code && status.state === "blocked" ? [status] : [],
  );
  return {
    kind: bannerOfCode(code),
    pipelines: [pipeline],
    text: sentence(message),
    hint,
    ...times(
      held.map(({ since }) => since),
      held.map(({ nextPollAt }) => nextPollAt),
    ),
  };
}

/** One banner for each reason of the lanes in a state. */
function heldBanners({ name, lanes }: Pipeline, state: string, kind: BannerKind): Banner[] {
  const held = lanes.flatMap(({ status }) => (status?.state === state ? [status] : []));
  const reasons = new Map(held.map(({ reason }) => [reason?.message, reason]));
  return [...reasons.values()].map((reason) => {
    const alike = held.filter((status) => status.reason?.message === reason?.message);
    return {
      kind,
      pipelines: [name],
      text: sentence(reason?.message ?? "The reason is not known yet"),
      ...(reason === undefined ? {} : { hint: reason.hint }),
      ...times(
        alike.map(({ since }) => since),
        alike.map(({ nextPollAt }) => nextPollAt),
      ),
    };
  });
}

function failureBanners({ failures }: Findings): Banner[] {
  const unmatched = sum((failures?.groups ?? []).map(({ pipelines }) => pipelines[UNMATCHED] ?? 0));
  if (unmatched === 0) return [];
  const example = failures?.groups?.find(({ pipelines }) => UNMATCHED in pipelines)?.examples[0];
  const text = `${counted(unmatched, "document")} match${unmatched === 1 ? "es" : ""} no pipeline${example === undefined ? "" : `, for example ${example}`}.`;
  return [{ kind: "unmatched", pipelines: [], text }];
}

function endingBanners({ models }: Findings): Banner[] {
  const banners: Banner[] = [];
  for (const { project, deployment, pipelines, state, expiresOn, daysLeft = 0, problem } of models?.deployments ?? []) {
    if (state !== "expired" && state !== "expiring") continue;
    const name = `Deployment ${deployment} of project ${project}`;
    const on = expiresOn === undefined ? "" : `, on ${expiresOn}`;
    const text =
      state === "expiring"
        ? `${name} expires in ${counted(daysLeft, "day")}${on}. Then every document of these pipelines waits.`
        : `${name} has expired${on}. ${problem === undefined ? "" : sentence(problem.message)}`.trim();
    banners.push({ kind: state, pipelines: [...pipelines], text, command: `npm run project -- renew ${project}` });
  }
  for (const { name, meaning, on, daysLeft, pipelines } of models?.retirements ?? []) {
    if (daysLeft > RETIREMENT_DAYS || pipelines.length === 0) continue;
    const when = daysLeft > 0 ? `ends in ${counted(daysLeft, "day")}, on ${on}` : `ended on ${on}`;
    banners.push({ kind: "retiring", pipelines: [...pipelines], text: `${name} ${when}. ${sentence(meaning)}` });
  }
  return banners;
}

const IDLE: ReadonlySet<string> = new Set(["starting", "waiting", "closing", "paused"]);
const HELD: ReadonlySet<string> = new Set(["throttled", "retrying", "blocked", "failing"]);

function isWorking({ status }: Lane): boolean {
  return status !== undefined && !IDLE.has(status.state) && !HELD.has(status.state);
}

/** The earliest of each. */
function times(since: (string | undefined)[], again: (string | undefined)[]): Pick<Banner, "since" | "again"> {
  const earliest = (values: (string | undefined)[]) => values.filter((value) => value !== undefined).sort()[0];
  const [from, next] = [earliest(since), earliest(again)];
  return { ...(from === undefined ? {} : { since: from }), ...(next === undefined ? {} : { again: next }) };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
