import { app } from "@azure/functions";
import { checkHealth } from "../lib/overview/check-health.ts";
import { services } from "../lib/services.ts";

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
