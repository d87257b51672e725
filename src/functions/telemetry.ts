import { app as functions } from "@azure/functions";
import { z } from "zod";
import { describeError } from "../lib/common/log.ts";
import { TEXT_SETTINGS } from "../lib/settings/app-settings-table.ts";

/** Beside `dist/src` in what is packed with telemetry. Only the name is here, so that nothing is loaded but by the setting. */
const MODULE = new URL("../../telemetry/register.js", import.meta.url).href;

const moduleSchema = z.object({ register: z.function() });

/** Awaited while the app is loaded: no function runs before it is known where spans and metrics go. */
const stop = await startTelemetry(process.env);

functions.hook.appTerminate(() => stop());

/**
 * Loads what exports spans and metrics, if TELEMETRY_EXPORTER asks for it. What is wrong with it is told and stops nothing:
 * documents are worth more than spans.
 * @returns ends it
 */
async function startTelemetry(env: Readonly<Record<string, string | undefined>>): Promise<() => Promise<void>> {
  const exporter = env[TEXT_SETTINGS.telemetryExporter.name]?.trim();
  const nothing = async (): Promise<void> => {};
  if (exporter !== "otlp" && exporter !== "console") return nothing; // another word is a problem of the settings
  try {
    const { register } = moduleSchema.parse(await import(MODULE)) as {
      register(exporter: string): () => Promise<void>;
    };
    return register(exporter);
  } catch (error) {
    process.stderr.write(
      `Telemetry goes nowhere: ${describeError(error)} (pack the app with npm run package -- --telemetry, or remove ${TEXT_SETTINGS.telemetryExporter.name})\n`,
    );
    return nothing;
  }
}
