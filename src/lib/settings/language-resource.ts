import type { AppSettings } from "./app-settings.ts";
import { isLoopback } from "./endpoint.ts";
import type { Pipeline } from "./pipeline.ts";

/** Where jobs go, and with which key; without one, Microsoft Entra ID is used. */
export interface LanguageResource {
  /** No trailing slash. */
  endpoint: string;
  key?: string | undefined;
}

/**
 * The Language resource of a pipeline. LANGUAGE_KEY belongs to LANGUAGE_ENDPOINT and is shown to no other host, except on
 * this machine (an emulator); a pipeline with an endpoint of its own signs in with Microsoft Entra ID.
 */
export function languageResource(
  pipeline: Pick<Pipeline, "endpoint">,
  settings: Pick<AppSettings, "languageEndpoint" | "languageKey">,
): LanguageResource {
  return resourceAt(pipeline.endpoint ?? settings.languageEndpoint, settings);
}

/** The Language resource at an endpoint that a batch was begun with, whatever the pipeline says by now. */
export function resourceAt(
  endpoint: string,
  { languageEndpoint, languageKey }: Pick<AppSettings, "languageEndpoint" | "languageKey">,
): LanguageResource {
  const sameHost = new URL(endpoint).origin === new URL(languageEndpoint).origin;
  return sameHost || isLoopback(endpoint) ? { endpoint, key: languageKey } : { endpoint };
}
