import { app, output } from "@azure/functions";

const message = output.storageQueue({ queueName: "from-http", connection: "AzureWebJobsStorage" });
const copy = output.storageBlob({ path: "copies/{id}/{rand-guid}.txt", connection: "AzureWebJobsStorage" });

app.http("echo", {
  route: "echo/{*rest}",
  methods: ["GET", "POST"],
  authLevel: "function",
  handler: async (request, context) => ({
    status: 201,
    headers: { "x-seen": request.headers.get("x-given") ?? "" },
    cookies: [{ name: "crumb", value: "a b", httpOnly: true, sameSite: "Lax", maxAge: 60 }],
    jsonBody: {
      method: request.method,
      url: request.url,
      params: request.params,
      query: Object.fromEntries(request.query),
      body: await request.text(),
      function: context.functionName,
      hostname: process.env.WEBSITE_HOSTNAME,
    },
  }),
});

app.get("item", { route: "items/{id:int?}", handler: (request) => ({ jsonBody: request.params }) });
app.get("namedItem", { route: "items/special", handler: () => ({ body: "special" }) });
app.get("guarded", { authLevel: "admin", handler: () => ({ body: "let in" }) });
app.get("nothing", () => undefined);
app.get("fails", () => {
  throw new Error("on purpose");
});
app.get("text", () => "not a response");

app.post("save", {
  route: "save/{id}",
  extraOutputs: [message, copy],
  handler: async (request, context) => {
    const text = await request.text();
    context.extraOutputs.set(message, [{ text }, "plain"]);
    context.extraOutputs.set(copy, text);
    return { status: 202 };
  },
});
