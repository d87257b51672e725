import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import { services } from "../lib/app.ts";
import { type WalkState, walkPage } from "../lib/queueing/requeue-page.ts";
import { UNMATCHED_PIPELINE } from "../lib/results/build-record.ts";
import { eventSink } from "./bindings/log-sink.ts";
import { laneHost, laneOpener } from "./bindings/orchestrations.ts";

const PAGES_A_HISTORY = 20;
/** A walk of hours must not end at one page that the storage service did not give: 5 s, 15 s, 45 s, … between tries. */
const RETRY = new df.RetryOptions(5_000, 6);
RETRY.backoffCoefficient = 3;

/** A misspelt parameter must not walk through everything. `code` and `clientId` are the host's own. */
const PARAMETERS: ReadonlySet<string> = new Set(["pipeline", "prefix", "code", "clientId"]);

/** Walks through many documents page by page; the status shows how far it has come. */
export function* walk(context: df.OrchestrationContext): Generator<df.Task, WalkState | undefined, WalkState> {
  let state: WalkState = context.df.getInput();
  for (let page = 0; page < PAGES_A_HISTORY; page++) {
    const { seen, queued, refused } = state;
    context.df.setCustomStatus({ seen, queued, ...(refused === undefined ? {} : { refused }) });
    if (state.done) return state;
    state = yield context.df.callActivityWithRetry("walkPage", RETRY, state);
  }
  context.df.continueAsNew(state);
  return undefined;
}

df.app.orchestration("walk", walk);

df.app.activity("walkPage", {
  extraInputs: [df.input.durableClient()],
  handler: async (state: WalkState, context): Promise<WalkState> => {
    const page = await walkPage(services().intake(eventSink(context)), state);
    const host = laneHost(context);
    for (const { name } of page.opened) await laneOpener.open(host, { pipeline: name, lane: 0 });
    return page.state;
  },
});

for (const kind of ["backfill", "redrive"] as const) {
  app.http(kind, {
    route: kind,
    methods: ["POST"],
    authLevel: "function",
    extraInputs: [df.input.durableClient()],
    handler: (request, context) => startWalk(kind, request, context),
  });
}

async function startWalk(
  kind: WalkState["kind"],
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const unknown = [...request.query.keys()].find((name) => !PARAMETERS.has(name));
  if (unknown !== undefined) {
    const message = `${kind} knows no parameter "${unknown}"; it takes pipeline and prefix`;
    return { status: 400, jsonBody: { error: { code: "UnknownParameter", message } } };
  }
  const pipeline = request.query.get("pipeline") || undefined;
  const prefix = request.query.get("prefix") || undefined;
  const known = services().pipelines.map(({ name }) => name);
  if (kind === "redrive") known.push(UNMATCHED_PIPELINE);
  if (pipeline !== undefined && !known.includes(pipeline)) {
    const message = `There is no pipeline "${pipeline}"; known are: ${known.join(", ")}`;
    return { status: 404, jsonBody: { error: { code: "UnknownPipeline", message } } };
  }
  const input: WalkState = {
    kind,
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(prefix === undefined ? {} : { prefix }),
    seen: 0,
    queued: 0,
    done: false,
  };
  const client = df.getClient(context);
  const id = await client.startNew("walk", { input });
  return client.createCheckStatusResponse(request, id) as HttpResponseInit;
}
