import type { FoundRecord } from "./read-records.ts";

/** Where the functions say that a document stands (`GET /api/documents/{name}`). */
export interface Standing {
  name: string;
  places: { pipeline: string; state: string; record?: string | undefined }[];
}

/**
 * Checks the promise: every document ended in exactly one place in each pipeline that wants it, and what the app says of
 * it is what lies in the containers.
 * @returns one sentence for each document that breaks it
 */
export function judge(standings: readonly Standing[], records: readonly FoundRecord[]): string[] {
  const byDocument = new Map<string, FoundRecord[]>();
  for (const found of records) {
    const { name } = found.record.document;
    byDocument.set(name, [...(byDocument.get(name) ?? []), found]);
  }
  const problems: string[] = [];
  for (const { name, places } of standings) {
    const found = byDocument.get(name) ?? [];
    for (const { pipeline, state, record } of places) {
      const here = found.filter((one) => one.record.pipeline === pipeline);
      if (here.length !== 1) problems.push(`${name} has ${here.length} records in pipeline ${pipeline}`);
      else if (record !== `${here[0]?.container}/${here[0]?.blob}`) {
        problems.push(
          `${name} is ${state} in ${record ?? "no record"}, but lies in ${here[0]?.container}/${here[0]?.blob}`,
        );
      }
    }
    const expected = places.map(({ pipeline }) => pipeline);
    for (const { container, blob, record } of found) {
      if (!expected.includes(record.pipeline)) problems.push(`${name} also lies in ${container}/${blob}`);
    }
  }
  return problems;
}
