import { bug, type PlantedBug } from "./planted-bug.ts";

/** Mistakes in what only some of the seeds have: pipelines that are stopped, several resources, and the like. */
export const FEATURE_BUGS: readonly PlantedBug[] = [
  bug(
    "jobs are sent while their pipeline is paused",
    "lib/lane/store/daily-usage.ts",
    'paused = before.pause?.mode === "pause" ? before.pause : undefined;',
    "paused = undefined;",
  ),
  bug(
    "documents are claimed while their pipeline is drained",
    "lib/lane/steps/claim.ts",
    "if (paused !== undefined) {",
    'if (paused?.mode === "pause") {',
  ),
  bug(
    "a job is asked for at another resource than the one that has it",
    "lib/lane/steps/collect.ts",
    "context.client(ticket.endpoint, ticket.apiVersion)",
    "context.client(context.endpoints[0] ?? ticket.endpoint, ticket.apiVersion)",
  ),
  bug(
    "resources that all refuse are asked in turn without a pause",
    "lib/lane/turn-taker.ts",
    "return !this.#refusing.has(this.endpoint);",
    "return true;",
  ),
  bug(
    "a redacted copy is not removed with its result",
    "lib/results/sidecar.ts",
    "await deleteBlob(container, name, there.blobEtag);",
    "",
  ),
  bug(
    "the language of a text is asked for again with each try of its job",
    "lib/lane/steps/job-request.ts",
    "  await session.writeBatch({ ...batch, documents });\n",
    "",
  ),
  bug(
    "the last part of a cut text is left out of its result",
    "lib/results/merge/merge-answers.ts",
    "merge?.(parts, task)",
    "merge?.(parts.slice(0, 1), task)",
  ),
  bug(
    "rows that did not change are analysed again",
    "lib/rows/cut-file.ts",
    "earlier.filter(({ keep }) => keep)",
    "earlier.filter(() => false)",
  ),
  bug(
    "rows of earlier runs of a file are left",
    "lib/rows/publish-part.ts",
    'await removeRuns(context, file, outcome === "superseded" ? [run.run] : run.sources);',
    "",
  ),
  bug(
    "rows that failed stand among the results too",
    "lib/rows/publish-part.ts",
    'ordered.filter(({ status }) => status !== "failed")',
    "ordered",
  ),
  bug(
    "the redacted copy of a native document is not kept",
    "lib/lane/steps/native-documents.ts",
    "const [copy] = sidecars;",
    "const [copy] = sidecars.splice(0);",
  ),
  bug(
    "nobody hears of an end whose record an earlier run has written",
    "lib/results/tell-end.ts",
    'if (outcome === "superseded") return;',
    'if (outcome !== "written") return;',
  ),
  bug(
    "an end is told where a better record stands",
    "lib/results/tell-end.ts",
    'if (outcome === "superseded") return;',
    "",
  ),
  bug(
    "nobody hears of a document that no pipeline takes",
    "lib/queueing/accept-document.ts",
    "await tellEnd?.(record, outcome);",
    "",
  ),
];
