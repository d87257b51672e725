import type { Run } from "../run/run-plan.ts";
import { type Evidence, wantedBy } from "./evidence.ts";
import type { Violation } from "./violation.ts";

const PIPELINES = ["tickets", "mails"];

/** What the lanes counted is what storage shows: to the unit where each document has one version, else within bounds. */
export function checkTotals(run: Run, { records, totals }: Evidence): Violation[] {
  const { happenings, world } = run;
  const violations: Violation[] = [];
  const found = (message: string): void => void violations.push({ promise: "totals", message });
  const isCalm =
    happenings.redrives.length === 0 &&
    happenings.versions.length === new Set(happenings.versions.map(({ name }) => name)).size &&
    happenings.versions.every(({ until }) => until === undefined);
  for (const pipeline of PIPELINES) {
    const sum = totals.get(pipeline);
    const own = records.filter((record) => record.pipeline === pipeline);
    const count = (status: string): number => own.filter((record) => record.status === status).length;
    if (sum === undefined) {
      if (own.length > 0) found(`${pipeline} has ${own.length} records and no lane that counted one`);
      continue;
    }
    const { succeeded, partiallySucceeded, failed, jobs, textRecords } = sum;
    if (isCalm) {
      if (succeeded !== count("succeeded"))
        found(`${pipeline} counts ${succeeded} succeeded, storage has ${count("succeeded")}`);
      if (partiallySucceeded !== count("partiallySucceeded"))
        found(
          `${pipeline} counts ${partiallySucceeded} partially succeeded, storage has ${count("partiallySucceeded")}`,
        );
      if (failed !== count("failed")) found(`${pipeline} counts ${failed} failed, storage has ${count("failed")}`);
      const records = own.reduce((all, record) => all + record.textRecords, 0);
      if (textRecords !== records) found(`${pipeline} counts ${textRecords} text records, the records have ${records}`);
    }
    const versions = happenings.versions.filter(({ name }) => wantedBy(name).includes(pipeline)).length;
    const ended = succeeded + partiallySucceeded + failed;
    const again = happenings.redrives.length * versions;
    // A document that was deleted may fail once more for that.
    if (ended > 2 * versions + again)
      found(`${pipeline} counts ${ended} documents, of which there were ${versions} versions`);
    if (succeeded > versions) found(`${pipeline} counts ${succeeded} succeeded of ${versions} versions`);
    if (ended < own.length) found(`${pipeline} counts ${ended} documents, and storage has ${own.length} records`);
    const accepted = world.language.ledger.accepted.length;
    if (jobs > accepted) found(`${pipeline} counts ${jobs} jobs, and the service took ${accepted}`);
  }
  return violations;
}
