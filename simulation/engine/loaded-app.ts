import { readdirSync } from "node:fs";
import { KEY } from "../language/simulated-language.ts";
import type { Registered } from "../shims/azure-functions.ts";
import type { Activity, Orchestrator } from "../shims/durable-functions.ts";
import { installAppLoader, type Patch } from "./load-app.ts";

/** The app's own modules, as the simulation uses them. */
export interface LoadedApp {
  functions: ReadonlyMap<string, Registered>;
  orchestrators: ReadonlyMap<string, Orchestrator>;
  activities: ReadonlyMap<string, Activity>;
  makeApp(env: Readonly<Record<string, string>>, pipelines: readonly object[]): unknown;
  makeOpener(): object;
}

/** The address of the default Language resource. */
export const ENDPOINT = "https://one.cognitiveservices.azure.com";
export const OTHER_ENDPOINT = "https://two.cognitiveservices.azure.com";

/** What every run is configured with. */
export const BASE_ENV: Readonly<Record<string, string>> = {
  AzureWebJobsStorage: "UseDevelopmentStorage=true",
  LANGUAGE_ENDPOINT: ENDPOINT,
  LANGUAGE_KEY: KEY,
  AUTHORING: "true",
};

/** Loads the functions and all below them into this thread: once. */
export async function loadApp(patches: readonly Patch[]): Promise<LoadedApp> {
  installAppLoader(patches);
  Object.assign(process.env, BASE_ENV);
  const { registered } = await import("../shims/azure-functions.ts");
  const { orchestrators, activities } = await import("../shims/durable-functions.ts");
  const folder = new URL("../../src/functions/", import.meta.url);
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".ts")))
    await import(new URL(name, folder).href);
  const { App } = await import("../../src/lib/app.ts");
  const { readAppSettings } = await import("../../src/lib/settings/app-settings.ts");
  const { parsePipelines } = await import("../../src/lib/settings/pipelines.ts");
  const { LaneOpener } = await import("../../src/lib/lane/lane-opener.ts");
  return {
    functions: registered,
    orchestrators,
    activities,
    makeApp(env, pipelines) {
      const settings = readAppSettings({ ...env });
      return new App(
        settings,
        parsePipelines(JSON.stringify({ pipelines }), "pipelines.json", settings.allowed.language),
      );
    },
    makeOpener: () => new LaneOpener(),
  };
}
