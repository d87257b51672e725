import { BAD } from "../plan/documents.ts";
import type { Run } from "../run/run-plan.ts";
import { type Evidence, isSheet, UNMATCHED, wantedBy } from "./evidence.ts";
import { mayBlame } from "./may-blame.ts";
import type { Violation } from "./violation.ts";

const CUT_OFF: ReadonlySet<string> = new Set(["callRefused", "callLost", "answerLost", "slowCall"]);

/** Each document has one record, of its current version, and the right one. */
export function checkPlaces(run: Run, { records }: Evidence): Violation[] {
  const { versions } = run.happenings;
  const violations: Violation[] = [];
  const found = (promise: "place" | "outcome", message: string): void => void violations.push({ promise, message });
  const isBlamed = mayBlame(run.plan);
  // Calls about a document that break off again and again, while those about a harmless text do not, are taken for its doing.
  const isCutOff = run.plan.faults.some(({ kind }) => CUT_OFF.has(kind));
  const expected = new Set<string>();
  for (const name of new Set(versions.map((version) => version.name))) {
    const current = versions.find((version) => version.name === name && version.until === undefined);
    for (const pipeline of wantedBy(name)) {
      expected.add(`${pipeline} ${name}`);
      const own = records.filter((record) => record.pipeline === pipeline && record.name === name);
      const [record] = own;
      const where = own.map(({ container, etag }) => `${container} ${etag}`).join(", ");
      if (own.length > 1) found("place", `${name} in ${pipeline} has ${own.length} records: ${where}`);
      if (current === undefined || own.length > 1) continue;
      if (record === undefined) {
        found("place", `${name} in ${pipeline} has no record`);
        continue;
      }
      if (record.etag !== current.etag)
        found("place", `${name} in ${pipeline} has a record of ${record.etag}, not of ${current.etag}`);
      // How the rows of a file end is judged row by row.
      else if (!isSheet(name)) {
        const mustFail = pipeline === UNMATCHED || current.text === "" || current.text.includes(BAD);
        if (mustFail && record.container !== "failed")
          found("outcome", `${name} in ${pipeline} should have failed, and has the status ${record.status}`);
        if (!mustFail && !isBlamed && record.status !== "succeeded" && !(isCutOff && record.code === "NetworkError"))
          found(
            "outcome",
            `${name} in ${pipeline} should have succeeded, and has the status ${record.status} (${record.code})`,
          );
      }
    }
  }
  for (const { container, pipeline, name } of records) {
    if (!expected.has(`${pipeline} ${name}`))
      found("place", `${container} has a record of ${name} in ${pipeline}, which never wanted it`);
  }
  return violations;
}
