// What `require("@azure/functions-core")` answers in this process: see core-shim.ts, which puts the object there.
module.exports = globalThis[Symbol.for("embedded-functions-host.core")];
