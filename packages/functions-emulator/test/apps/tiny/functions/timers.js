import { app } from "@azure/functions";
import { record } from "../record.js";

app.timer("hourly", {
  schedule: "0 0 * * * *",
  handler: (timer) => record({ hourly: timer }),
});

app.timer("stubborn", {
  schedule: "0 30 4 1 1 *",
  retry: { strategy: "fixedDelay", delayInterval: { seconds: 10 }, maxRetryCount: 2 },
  handler: (_timer, context) => {
    record({ stubborn: context.retryContext });
    throw new Error("never works");
  },
});
