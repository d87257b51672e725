const { app } = require("@azure/functions");

app.get("hello", { route: "hello/{name}", handler: (request) => ({ body: `Hello ${request.params.name}` }) });
