import { fileURLToPath } from "node:url";
import type { HttpRequest, HttpResponseInit } from "@azure/functions";
import { openApiDocument } from "../lib/api/openapi.ts";
import { routes } from "../lib/api/routes.ts";
import { app } from "../lib/app.ts";
import { modelsAnswer } from "../lib/expiry/describe-expiry.ts";
import { checkHealth } from "../lib/status/check-health.ts";
import { describePath } from "../lib/status/describe-document.ts";
import { describeFailures } from "../lib/status/describe-failures.ts";
import { describePipelines } from "../lib/status/describe-pipeline.ts";
import { describeUsage } from "../lib/status/describe-usage.ts";
import { estimate } from "../lib/status/estimate.ts";
import { type PageAssets, readPageAssets, servePage } from "../lib/status/page-assets.ts";
import { readStoredRecord, readTextPart } from "../lib/status/stored-document.ts";
import { endpoint } from "./bindings/http.ts";
import { laneHost } from "./bindings/lane-host.ts";
import { eventSink } from "./bindings/log-sink.ts";

endpoint(routes.pipelines, async ({ context, query }) => ({
  jsonBody: await describePipelines(app().status(eventSink(context)), laneHost(context), query),
}));

endpoint(routes.failures, async ({ context, query }) => ({
  jsonBody: await describeFailures(app().intake(eventSink(context)), query),
}));

endpoint(routes.usage, async ({ context, query }) => ({
  jsonBody: await describeUsage(app().status(eventSink(context)), query),
}));

endpoint(routes.estimate, async ({ context, body }) => ({
  jsonBody: await estimate(app().status(eventSink(context)), body),
}));

endpoint(routes.documents, async ({ context, param }) => ({
  jsonBody: await describePath(app().sweep(eventSink(context)), param("name")),
}));

endpoint(routes.records, async ({ param }) => ({
  jsonBody: await readStoredRecord(app(), param("pipeline"), param("name")),
}));

endpoint(routes.texts, async ({ param, query }) => ({ jsonBody: await readTextPart(app(), param("name"), query) }));

endpoint(routes.models, async () => ({ jsonBody: modelsAnswer(await app().expiry.view()) }));

/** For probes. Says whether the app can do its work, and nothing about its content. */
endpoint(routes.health, async () => {
  const health = await checkHealth(app);
  return { status: health.status === "healthy" ? 200 : 503, jsonBody: health };
});

endpoint(routes.openapi, async ({ request }) => ({
  jsonBody: openApiDocument(Object.values(routes), new URL(request.url).origin),
}));

/** The status page, beside the compiled app: `dist/page`. */
const FOLDER = fileURLToPath(new URL("../../page", import.meta.url));

let assets: PageAssets | undefined;

function serve(path: string, { headers }: HttpRequest): HttpResponseInit {
  assets ??= readPageAssets(FOLDER);
  return servePage(assets, path, (name) => headers.get(name));
}

endpoint(routes.statusPage, async ({ request }) => {
  // The files stand beside the page: with a slash at its end their addresses would be others.
  if (new URL(request.url).pathname.endsWith("/")) return { status: 308, headers: { location: "../status" } };
  return serve("", request);
});

endpoint(routes.statusFile, async ({ request, param }) => serve(`${param("version")}/${param("file")}`, request));
