import type { Run } from "../run/run-plan.ts";
import { checkBill } from "./check-bill.ts";
import { checkEnds } from "./check-ends.ts";
import { checkLanguages } from "./check-languages.ts";
import { checkPlaces } from "./check-places.ts";
import { checkProject } from "./check-project.ts";
import { checkResources } from "./check-resources.ts";
import { checkBounds, checkCaught, checkPrivacy, checkRest } from "./check-rest.ts";
import { checkResults } from "./check-results.ts";
import { checkRows } from "./check-rows.ts";
import { checkStatus } from "./check-status.ts";
import { checkStops } from "./check-stops.ts";
import { checkTotals } from "./check-totals.ts";
import { readEvidence } from "./evidence.ts";
import type { Violation } from "./violation.ts";

/** Judges a run by what it left in storage and by what the service would bill, with nothing of the app's own code. */
export function checkRun(run: Run): Violation[] {
  try {
    return judge(run);
  } catch (error) {
    return [...checkCaught(run), { promise: "caught", message: `What is left cannot be judged: ${String(error)}` }];
  }
}

function judge(run: Run): Violation[] {
  const evidence = readEvidence(run);
  const rest = [...checkCaught(run), ...checkRest(run, evidence)];
  const always = [
    ...checkBill(run),
    ...checkBounds(run),
    ...checkPrivacy(run),
    ...checkStops(run),
    ...checkResources(run),
    ...checkLanguages(run),
  ];
  // What is not at rest is not yet as it should be.
  if (!run.isQuiet) return [...rest, ...always];
  return [
    ...rest,
    ...checkPlaces(run, evidence),
    ...checkTotals(run, evidence),
    ...checkEnds(run, evidence),
    ...always,
    ...checkStatus(run, evidence),
    ...checkProject(run),
    ...checkResults(run),
    ...checkRows(run, evidence),
  ];
}
