import type { JobRequest, Task } from "../analysis.ts";
import type { ApiVersion } from "../api-versions.ts";
import type { Generation } from "../generation.ts";
import { DOCUMENTS_PER_JOB } from "../limits.ts";
import { listOf, readJobPage } from "./wire.ts";

/**
 * The previews before the current wire, `/text/analytics/<version>/analyze`: v3.1-preview.ct.1, which names a model by
 * its `modelId`, and v3.2-preview.2. Tasks are grouped in lists by kind, and the version is part of the path.
 */
export function textAnalyticsV3(version: ApiVersion): Generation {
  const at = (endpoint: string, rest: string) => new URL(`${endpoint}/text/analytics/${version.text}/analyze${rest}`);
  return {
    submitUrl: (endpoint) => at(endpoint, ""),
    jobUrl: (endpoint, jobId) => {
      const url = at(endpoint, `/jobs/${encodeURIComponent(jobId)}`);
      // The description of ct.1 has no paging.
      if (version.text !== "v3.1-preview.ct.1") url.searchParams.set("$top", String(DOCUMENTS_PER_JOB));
      return url;
    },
    body: (request) => body(request, version),
    readPage: readJobPage,
  };
}

function body({ displayName, documents, tasks }: JobRequest, version: ApiVersion): object {
  const lists: Record<string, object[]> = {};
  for (const task of tasks) {
    const list = listOf(task.kind, version);
    lists[list] ??= [];
    lists[list].push(wireTask(task, version));
  }
  return { displayName, analysisInput: { documents }, tasks: lists };
}

/** ct.1 has no field for a task's name: its answers are told apart by their place in the list. */
function wireTask({ name, parameters }: Task, version: ApiVersion): object {
  const spelled = Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [SPELLINGS.get(key) ?? key, value]),
  );
  return version.text === "v3.1-preview.ct.1" ? { parameters: spelled } : { taskName: name, parameters: spelled };
}

/** Parameters that v3.2-preview.2 spells with a hyphen (its specification, `CustomEntitiesTask`, `EntitiesTask`). */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["projectName", "project-name"],
  ["deploymentName", "deployment-name"],
  ["modelVersion", "model-version"],
]);
