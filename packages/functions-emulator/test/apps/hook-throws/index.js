const { app } = require("@azure/functions");

app.http("hello", { authLevel: "anonymous", handler: () => ({ body: "hello" }) });
app.hook.appStart(() => {
  throw new Error("403 AuthorizationPermissionMismatch\nThe request was refused.");
});
