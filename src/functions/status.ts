import * as df from "durable-functions";
import { app } from "../lib/app.ts";
import { checkHealth } from "../lib/status/check-health.ts";
import { describePath } from "../lib/status/describe-document.ts";
import { describePipelines } from "../lib/status/describe-pipeline.ts";
import { endpoint } from "./bindings/http.ts";
import { laneHost } from "./bindings/lane-host.ts";
import { eventSink } from "./bindings/log-sink.ts";

endpoint(
  "pipelines",
  { route: "pipelines", methods: ["GET"], extraInputs: [df.input.durableClient()] },
  async (_request, context) => ({
    jsonBody: { pipelines: await describePipelines(app().sweep(eventSink(context)), laneHost(context)) },
  }),
);

endpoint("documents", { route: "documents/{*name}", methods: ["GET"] }, async ({ params }, context) => ({
  jsonBody: await describePath(app().sweep(eventSink(context)), params.name ?? ""),
}));

/** Anonymous: for probes. Says whether the app can do its work, and nothing about its content. */
endpoint("health", { route: "health", methods: ["GET"], authLevel: "anonymous" }, async () => {
  const health = await checkHealth(app);
  return { status: health.status === "healthy" ? 200 : 503, jsonBody: health };
});
