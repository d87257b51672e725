const { app } = require("@azure/functions");

app.http("hello", { authLevel: "anonymous", handler: () => ({ body: "hello" }) });
throw new Error("3 settings are wrong:\n- LANGUAGE_ENDPOINT: not set\n- LANGUAGE_KEY: not set");
