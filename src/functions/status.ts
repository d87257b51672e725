import { app } from "@azure/functions";
import * as df from "durable-functions";
import { services } from "../lib/app.ts";
import { checkHealth } from "../lib/status/check-health.ts";
import { describePath, isKnown } from "../lib/status/describe-document.ts";
import { describePipeline } from "../lib/status/describe-pipeline.ts";
import { eventSink } from "./bindings/log-sink.ts";
import { laneHost } from "./bindings/orchestrations.ts";

app.http("pipelines", {
  route: "pipelines",
  methods: ["GET"],
  authLevel: "function",
  extraInputs: [df.input.durableClient()],
  handler: async (_request, context) => {
    const sweep = services().sweep(eventSink(context));
    const host = laneHost(context);
    const pipelines = await Promise.all(
      services().pipelines.map((pipeline) => describePipeline(sweep, host, pipeline)),
    );
    return { jsonBody: { pipelines } };
  },
});

app.http("documents", {
  route: "documents/{*name}",
  methods: ["GET"],
  authLevel: "function",
  handler: async (request, context) => {
    const name = request.params.name ?? "";
    if (name === "") return problem(400, "MissingName", "Name the document: GET /api/documents/<blob name>");
    const description = await describePath(services().sweep(eventSink(context)), name);
    return { status: isKnown(description) ? 200 : 404, jsonBody: description };
  },
});

function problem(status: number, code: string, message: string): { status: number; jsonBody: object } {
  return { status, jsonBody: { error: { code, message } } };
}

/** Anonymous: for probes. Says whether the app can do its work, and nothing about its content. */
app.http("health", {
  route: "health",
  methods: ["GET"],
  authLevel: "anonymous",
  handler: async () => {
    const health = await checkHealth(services());
    return { status: health.status === "healthy" ? 200 : 503, jsonBody: health };
  },
});
