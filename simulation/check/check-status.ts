import type { Run } from "../run/run-plan.ts";
import { type Evidence, UNMATCHED } from "./evidence.ts";
import type { Violation } from "./violation.ts";

interface PipelineAnswer {
  pipelines: {
    name: string;
    waiting: number;
    blocked: { code: string; message: string }[];
    totals: Record<string, number>;
    lanes: { running: boolean }[];
  }[];
}

interface DocumentAnswer {
  etag?: string;
  places: { pipeline: string; state: string; record?: string }[];
}

/** What was answered in the course of a run was true then, and what is answered at its end is true now. */
export function checkStatus(run: Run, evidence: Evidence): Violation[] {
  return [...checkAnswers(run), ...checkMissed(run), ...checkEnd(run, evidence)];
}

/** By these no document can be missed: its event comes again, some process takes it, and storage does what it is asked. */
const LOSE_NOTHING: ReadonlySet<string> = new Set([
  "eventTwice",
  "sweepSkipped",
  "sweepTwice",
  "scenario",
  "callRefused",
  "callLost",
  "answerLost",
  "slowCall",
  "keyRotated",
  "activityTwice",
  "activityLate",
  "completionLost",
  "completionLate",
  "startTwice",
  "startLate",
  "timerEarly",
  "timerLate",
  "timerLost",
  "lanesEnded",
  "crash",
  "resource",
  "slowStorage",
  "foreignMessage",
  "textsDeleted",
  "recordHeld",
]);

const HIDDEN_MS = 300_000;

/** Where nothing was lost, the sweep tells of no document that was missed, and none needs it to come to its end. */
function checkMissed({ plan, world }: Run): Violation[] {
  if (plan.faults.some(({ kind }) => !LOSE_NOTHING.has(kind))) return [];
  // A file of rows that waits for parts of its earlier version is hidden most of the time: it may be taken for missed, and
  // its second message is dropped.
  if (plan.actions.some((action) => action.kind === "drop" && action.name.startsWith("sheets/"))) return [];
  const canDie = plan.faults.some(({ kind }) => kind === "crash");
  // What a process had received when it died is hidden for minutes, and may be taken for missed, by the next sweeps as well.
  const hiddenBefore = (at: number): number =>
    Math.max(...world.missed.filter((one) => one.at <= at && one.at > at - HIDDEN_MS).map(({ hidden }) => hidden));
  const lies = world.missed.filter(({ at, documents }) => !(canDie && documents <= hiddenBefore(at)));
  return lies.map(({ at, documents }) => ({
    promise: "status",
    message: `At ${((at - plan.start) / 1000).toFixed(1)} s the sweep tells of ${documents} missed documents: none was lost`,
  }));
}

function checkAnswers({ happenings, world, plan }: Run): Violation[] {
  const violations: Violation[] = [];
  for (const { at, answeredAt, kind, name, answer } of happenings.answers) {
    const { jsonBody, status = 200 } = (answer ?? {}) as { jsonBody?: unknown; status?: number };
    if (kind !== "documents" || name === undefined || answer === undefined) continue;
    const found = (message: string): void =>
      void violations.push({
        promise: "status",
        message: `${name} at ${((at - plan.start) / 1000).toFixed(1)} s: ${message}`,
      });
    const isThere = happenings.versions.some(
      (one) => one.name === name && one.at < at && (one.until ?? Number.POSITIVE_INFINITY) > answeredAt,
    );
    if (status === 404 && isThere) found("said to be unknown, and is there");
    if (status !== 200) continue;
    const { etag, places } = jsonBody as DocumentAnswer;
    for (const { pipeline, state } of places) {
      if (state !== "succeeded" && state !== "failed") continue;
      const container = state === "succeeded" ? "results" : "failed";
      const written = world.journal.records.some(
        (record) =>
          record.container === container &&
          record.at <= answeredAt &&
          record.name.startsWith(`${pipeline}/`) &&
          (etag === undefined || record.documentEtag === etag),
      );
      if (!written) found(`said to have ${state} in ${pipeline}, and no record of this version was ever written`);
    }
  }
  return violations;
}

function checkEnd({ happenings }: Run, { records, totals }: Evidence): Violation[] {
  const violations: Violation[] = [];
  const found = (message: string): void =>
    void violations.push({ promise: "status", message: `At the end: ${message}` });
  const { pipelines, documents } = happenings.atEnd;
  const told = (pipelines as { jsonBody?: PipelineAnswer } | undefined)?.jsonBody?.pipelines;
  if (told === undefined) found(`nothing is told of the pipelines (${JSON.stringify(pipelines)})`);
  for (const { name, waiting, blocked, totals: shown, lanes } of told ?? []) {
    if (waiting > 0) found(`${name} is said to have ${waiting} waiting`);
    for (const { code } of blocked) found(`${name} is said to be blocked: ${code}`);
    if (lanes.some(({ running }) => running)) found(`a lane of ${name} is said to run`);
    for (const [key, value] of Object.entries(totals.get(name) ?? {})) {
      if (shown[key] !== value) found(`${name} is said to have ${key} ${shown[key]}, its files say ${value}`);
    }
  }
  for (const [name, answer] of documents) {
    const { jsonBody, status = 200 } = (answer ?? {}) as { jsonBody?: DocumentAnswer; status?: number };
    const own = records.filter((record) => record.name === name);
    if (status === 404 && own.length > 0) found(`${name} is said to be unknown, and has a record`);
    for (const { pipeline, state } of jsonBody?.places ?? []) {
      const record = own.find((one) => one.pipeline === pipeline);
      const truth = record === undefined ? "unknown" : record.status;
      if (state !== truth && !(pipeline === UNMATCHED && state === "unknown"))
        found(`${name} is said to be ${state} in ${pipeline}, it is ${truth}`);
    }
  }
  return violations;
}
