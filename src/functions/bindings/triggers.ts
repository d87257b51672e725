import { readTriggerSettings } from "../../lib/settings/app-settings.ts";

/** What functions are registered with. The code around it must run whatever the settings are: see `readTriggerSettings`. */
export const triggers = readTriggerSettings(process.env);

/** Flex Consumption takes blob events from Event Grid only; on one machine there is no Event Grid, so it scans. */
export const BLOB_SOURCE =
  process.env.AZURE_FUNCTIONS_ENVIRONMENT === "Development" ? "LogsAndContainerScan" : "EventGrid";
