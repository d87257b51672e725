import { app } from "@azure/functions";
import { record } from "../record.js";

app.hook.appStart((context) => record({ appStart: Object.keys(context.hookData) }));
app.hook.appTerminate(() => record({ appTerminate: true }));
app.hook.preInvocation((context) => {
  context.hookData.from = "pre";
  if (context.invocationContext.functionName === "hooked") context.inputs[0].secret = "from the hook";
});
app.hook.postInvocation((context) => {
  if (context.invocationContext.functionName !== "hooked") return;
  record({ postInvocation: context.hookData.from, result: context.result });
  context.result = { body: "changed by the hook" };
});
app.hook.log((context) => {
  if (context.category === "user") context.message = context.message.replace("password", "********");
});

app.get("hooked", (request, context) => {
  context.warn(`the password is ${request.secret}`);
  return { body: "from the handler" };
});

app.get("late", (_request, context) => {
  setImmediate(() => context.log("too late"));
  return { body: "" };
});
