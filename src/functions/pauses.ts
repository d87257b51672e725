import type { HttpRequest } from "@azure/functions";
import { routes } from "../lib/api/routes.ts";
import { app } from "../lib/app.ts";
import { resumePipeline, stopPipeline } from "../lib/queueing/pause-pipeline.ts";
import { endpoint } from "./bindings/http.ts";
import { openLanes } from "./bindings/lane-host.ts";
import { eventSink } from "./bindings/log-sink.ts";

for (const mode of ["pause", "drain"] as const) {
  endpoint(
    mode === "pause" ? routes.pipelinePause : routes.pipelineDrain,
    async ({ request, context, param, body }) => {
      const { reason, by = signedIn(request) } = body;
      return { jsonBody: await stopPipeline(app().intake(eventSink(context)), param("name"), { mode, reason, by }) };
    },
  );
}

endpoint(routes.pipelineResume, async ({ request, context, param, body }) => {
  const { by = signedIn(request) } = body;
  const answer = await resumePipeline(app().intake(eventSink(context)), param("name"), by);
  await openLanes(context, [answer]);
  return { jsonBody: answer };
});

/** Whom the platform's own sign-in knows (https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities), where it is switched on. */
function signedIn({ headers }: HttpRequest): string | undefined {
  return headers.get("x-ms-client-principal-name")?.slice(0, 100) || undefined;
}
