import type { SettingsProblem } from "../common/problems.ts";
import type { Pipeline, Resource } from "./pipeline.ts";

/** The Language resources that pipelines name among several. */
export function resourcesOf(pipelines: readonly Pipeline[]): Resource[] {
  return pipelines.flatMap(({ endpoints = [] }) => endpoints);
}

/**
 * Settings that a pipeline names for a key, and that are not there.
 * @param keys by the app setting that holds each
 */
export function missingKeys(keys: Readonly<Record<string, string>>, pipelines: readonly Pipeline[]): SettingsProblem[] {
  const named = new Set(resourcesOf(pipelines).flatMap(({ keySetting }) => keySetting ?? []));
  return [...named].flatMap((name) => {
    if (keys[name] !== undefined) return [];
    const hint = "Set it, or take keySetting away to let the application sign in with Microsoft Entra ID.";
    return [{ where: name, found: "nothing", expected: "the key that a pipeline's keySetting names", hint }];
  });
}
