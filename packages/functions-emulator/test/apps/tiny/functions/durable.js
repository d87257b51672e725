import { app } from "@azure/functions";
import * as df from "durable-functions";
import { record } from "../record.js";

df.app.activity("shout", { handler: (text) => String(text).toUpperCase() });

df.app.orchestration("greet", function* (context) {
  const { names, wait = 3_600_000 } = context.df.getInput();
  const loud = yield context.df.Task.all(names.map((name) => context.df.callActivity("shout", name)));
  yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + wait));
  return loud;
});

app.http("start", {
  route: "start",
  methods: ["POST"],
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const id = await client.startNew("greet", { input: await request.json() });
    record({ started: id });
    return client.createCheckStatusResponse(request, id);
  },
});
