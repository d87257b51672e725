import { randomUUID } from "node:crypto";
import * as df from "durable-functions";
import { routes } from "../lib/api/routes.ts";
import { app } from "../lib/app.ts";
import { firstState, type RequeueState, requeuePage, unknownRequeue } from "../lib/queueing/requeue-page.ts";
import { accepted, endpoint } from "./bindings/http.ts";
import { describeInstance } from "./bindings/instances.ts";
import { openLanes } from "./bindings/lane-host.ts";
import { eventSink } from "./bindings/log-sink.ts";

const REQUEUE_ORCHESTRATION = "requeue";
const REQUEUE_ACTIVITY = "requeuePage";

/** What instances are called, so that no other orchestration is told of under their address. */
const ID_PREFIX = "requeue-";

const PAGES_PER_HISTORY = 20;
/** Hours of work must not end at one page that the storage service did not give: 5 s, 15 s, 45 s, … between tries. */
const RETRY = new df.RetryOptions(5_000, 6);
RETRY.backoffCoefficient = 3;

/** Puts many documents on their queues again, page by page; the status shows how far it has come. */
df.app.orchestration(REQUEUE_ORCHESTRATION, function* (context: df.OrchestrationContext): Generator<
  df.Task,
  RequeueState | undefined,
  RequeueState
> {
  let state: RequeueState = context.df.getInput();
  for (let page = 0; page < PAGES_PER_HISTORY; page++) {
    const { seen, queued, refused } = state;
    context.df.setCustomStatus({ seen, queued, ...(refused === undefined ? {} : { refused }) });
    if (state.done) return state;
    state = yield context.df.callActivityWithRetry(REQUEUE_ACTIVITY, RETRY, state);
  }
  context.df.continueAsNew(state);
  return undefined;
});

df.app.activity(REQUEUE_ACTIVITY, {
  extraInputs: [df.input.durableClient()],
  handler: async (state: RequeueState, context): Promise<RequeueState> => {
    const page = await requeuePage(app().intake(eventSink(context)), state);
    await openLanes(context, page.opened);
    return page.state;
  },
});

for (const kind of ["backfill", "redrive"] as const) {
  endpoint(routes[kind], async ({ request, context, query }) => {
    const input = firstState(kind, query, app().pipelines);
    const instanceId = `${ID_PREFIX}${randomUUID()}`;
    await df.getClient(context).startNew(REQUEUE_ORCHESTRATION, { instanceId, input });
    return accepted(request, instanceId, `requeues/${instanceId}`);
  });
}

/** 202 while it goes on, 200 when it is over; `seen` and `queued` say how far it has come. */
endpoint(routes.requeueStatus, async ({ context, param }) => {
  const id = param("id");
  const instance = id.startsWith(ID_PREFIX) ? await describeInstance(context, id) : undefined;
  if (instance === undefined) throw unknownRequeue(id);
  return { status: instance.isRunning ? 202 : 200, jsonBody: instance };
});
