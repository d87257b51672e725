import { ADDRESS } from "../plan/features/native-documents.ts";
import { marksOf } from "../plan/features/texts.ts";
import type { Run } from "../run/run-plan.ts";
import type { Violation } from "./violation.ts";

interface RawResult {
  status: string;
  pipeline: string;
  document: { name: string; etag: string };
  tasks: { name: string; kind: string; redactedCopy?: string; redactedText?: string; keyPhrases?: string[] }[];
}

/** What stands beside results is what they name, and a result has what all parts of its text were found to hold. */
export function checkResults(run: Run): Violation[] {
  const blobs = run.world.storage.containers.get("results")?.list("") ?? [];
  const results = blobs
    .filter(({ name }) => name.endsWith(".json") && !name.startsWith("sheets/"))
    .map(({ body }) => JSON.parse(body.toString("utf8")) as RawResult);
  return [...checkCopies(run, results), ...checkWhole(run, results)];
}

function checkCopies({ world }: Run, results: readonly RawResult[]): Violation[] {
  const violations: Violation[] = [];
  const found = (message: string): void => void violations.push({ promise: "sidecars", message });
  const { containers } = world.storage;
  const copies = ["results", "redacted"].flatMap((container) =>
    (containers.get(container)?.list("") ?? []).map((blob) => ({ ...blob, name: `${container}/${blob.name}` })),
  );
  const blobs = new Map(copies.map((blob) => [blob.name, blob]));
  const named = new Set<string>();
  for (const { document, pipeline, tasks } of results) {
    for (const { name, redactedCopy, redactedText } of tasks) {
      if (redactedCopy === undefined) continue;
      const about = `The copy of ${document.name} in ${pipeline} (task ${name})`;
      named.add(redactedCopy);
      const blob = blobs.get(redactedCopy);
      if (blob === undefined) found(`${about} is not there`);
      else if (blob.metadata.documentetag !== document.etag)
        found(`${about} is of ${blob.metadata.documentetag}, its result of ${document.etag}`);
      else if (redactedText !== undefined && blob.body.toString("utf8") !== redactedText)
        found(`${about} has another text than its result`);
      else if (blob.body.includes(ADDRESS)) found(`${about} is not redacted`);
    }
  }
  for (const name of blobs.keys()) {
    if (name.endsWith(".redacted.txt") && !named.has(name)) found(`${name} is there, and no result names it`);
  }
  return violations;
}

function checkWhole({ happenings }: Run, results: readonly RawResult[]): Violation[] {
  return results.flatMap(({ status, document, pipeline, tasks }): Violation[] => {
    if (status !== "succeeded" || !document.name.includes("/long-")) return [];
    const { text = "" } = happenings.versions.find(({ etag }) => etag === document.etag) ?? {};
    const phrases = new Set(tasks.flatMap(({ keyPhrases = [] }) => keyPhrases));
    const missing = marksOf(text).filter((mark) => !phrases.has(mark));
    if (missing.length === 0) return [];
    const message = `${document.name} in ${pipeline} lacks ${missing.length} of its marks, the first ${missing[0]}`;
    return [{ promise: "whole", message }];
  });
}
