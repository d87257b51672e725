import type { HttpRequest, HttpResponseInit, InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import { routes } from "../lib/api/routes.ts";
import { app } from "../lib/app.ts";
import {
  cancelRun,
  createRun,
  failRun,
  type RequeueProgress,
  type RequeueRun,
  readRun,
  resumeRun,
  showProgress,
  showRun,
  showRuns,
  stepRun,
  stepRunFor,
} from "../lib/queueing/requeue-run.ts";
import { timesOf } from "../lib/status/describe-failures.ts";
import { endpoint } from "./bindings/http.ts";
import { REQUEUE_ORCHESTRATION, startOnce } from "./bindings/instances.ts";
import { openLanes } from "./bindings/lane-host.ts";
import { eventSink } from "./bindings/log-sink.ts";

const STEP = "requeuePage";
const FAILURE = "requeueFailed";

const PAGES_PER_HISTORY = 20;
/** Hours of work must not end at one page that the storage service did not give: 5 s, 15 s, 45 s, … between tries. */
const RETRY = new df.RetryOptions(5_000, 6);
RETRY.backoffCoefficient = 3;

/** A dry run that is over sooner is answered at once. */
const AT_ONCE_MS = 8_000;

/** Puts many documents on their queues again, page by page; how far it has come is kept in a blob. */
df.app.orchestration(REQUEUE_ORCHESTRATION, function* (context: df.OrchestrationContext): Generator<
  df.Task,
  RequeueProgress | undefined,
  RequeueProgress
> {
  const run: Pick<RequeueRun, "id"> = context.df.getInput();
  for (let page = 0; page < PAGES_PER_HISTORY; page++) {
    let progress: RequeueProgress;
    try {
      progress = yield context.df.callActivityWithRetry(STEP, RETRY, run);
    } catch {
      return yield context.df.callActivity(FAILURE, run);
    }
    context.df.setCustomStatus(progress);
    if (progress.status !== "running") return progress;
  }
  context.df.continueAsNew(run);
  return undefined;
});

df.app.activity(STEP, {
  extraInputs: [df.input.durableClient()],
  handler: async ({ id }: Pick<RequeueRun, "id">, context): Promise<RequeueProgress> => {
    const { run, opened } = await stepRun(app().intake(eventSink(context)), id);
    await openLanes(context, opened);
    return showProgress(run);
  },
});

df.app.activity(FAILURE, {
  handler: async ({ id }: Pick<RequeueRun, "id">, context): Promise<RequeueProgress> =>
    showProgress(await failRun(app().intake(eventSink(context)), id)),
});

endpoint(routes.redrive, async ({ request, context, query }) => {
  const { dryRun, age, ...filter } = query;
  const intake = app().intake(eventSink(context));
  const wanted = { kind: "redrive" as const, dryRun, ...filter, ...timesOf(age, intake.now()) };
  return await begin(request, context, await createRun(intake, wanted, asked(request, filter)));
});

endpoint(routes.backfill, async ({ request, context, query }) => {
  const { dryRun, force, ...filter } = query;
  const intake = app().intake(eventSink(context));
  const wanted = { kind: "backfill" as const, dryRun, ...filter, ...(force ? { outdatedBefore: intake.now() } : {}) };
  return await begin(request, context, await createRun(intake, wanted, asked(request)));
});

/** What was asked for, as it was said; a key may be called `code` too, and is not told. */
function asked({ query }: HttpRequest, { code }: { code?: string | undefined } = {}): object {
  const said = [...query].filter(
    ([name, value]) => ["pipeline", "prefix", "task", "age", "force"].includes(name) && value,
  );
  return { ...Object.fromEntries(said), ...(code === undefined ? {} : { code }) };
}

/** A dry run that is over soon is answered with what it counted. */
async function begin(request: HttpRequest, context: InvocationContext, run: RequeueRun): Promise<HttpResponseInit> {
  if (run.state.dryRun) {
    const { run: stands } = await stepRunFor(app().intake(eventSink(context)), run.id, AT_ONCE_MS);
    if (stands.status !== "running") return { jsonBody: showRun(stands, request.url) };
  }
  return await goOn(request, context, run);
}

async function goOn(request: HttpRequest, context: InvocationContext, run: RequeueRun): Promise<HttpResponseInit> {
  await startOnce(context, REQUEUE_ORCHESTRATION, run.id, { id: run.id });
  const shown = showRun(run, request.url);
  return { status: 202, headers: { location: shown.statusQueryGetUri, "retry-after": "5" }, jsonBody: shown };
}

/** 202 while it goes on, 200 when it is over. */
endpoint(routes.requeueStatus, async ({ request, param }) => {
  const { value: run } = await readRun(app().containers.work, param("id"));
  return { status: run.status === "running" ? 202 : 200, jsonBody: showRun(run, request.url) };
});

endpoint(routes.requeues, async ({ request, query }) => ({
  jsonBody: await showRuns(app().containers.work, query, request.url),
}));

endpoint(routes.requeueCancel, async ({ request, context, param }) => ({
  jsonBody: showRun(await cancelRun(app().intake(eventSink(context)), param("id")), request.url),
}));

endpoint(routes.requeueResume, async ({ request, context, param }) =>
  goOn(request, context, await resumeRun(app().intake(eventSink(context)), param("id"))),
);
