import { app as functions } from "@azure/functions";
import { startTelemetry } from "./bindings/start-telemetry.ts";

/** Awaited while the app is loaded: no function runs before it is known where spans and metrics go. */
const stop = await startTelemetry(process.env);

functions.hook.appTerminate(() => stop());
