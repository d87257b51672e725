import type { AcceptedJob } from "../language/ledger.ts";
import { BAD } from "../plan/documents.ts";
import type { Run } from "../run/run-plan.ts";
import type { Violation } from "./violation.ts";

/** What happens so soon after the service's answer came, milliseconds, may keep it from being written down. */
const SOON = 90_000;
/** Clocks of storage and of processes differ, and an answer is on its way for a moment. */
const MARGIN = 2_000;
/** A process that stands still for longer may lose its lease without knowing. */
const LEASE_SECONDS = 10;
/** What is asked to learn whether the service and the settings are well. */
const CANARY = "Hello.";
/** A document is longer than a text of it by more than this where it was cut. */
const CUT_AWAY = 1_000;
/** The most times that anything may be asked, whatever comes to nothing. */
const MOST_ASKED = 25;

interface Entry {
  job: AcceptedJob;
  answered: boolean;
}

/** Each text is analysed once by each task, and the rest is excused: by the window, or because it came to nothing. */
export function checkBill(run: Run): Violation[] {
  const violations: Violation[] = [];
  const { happenings, world } = run;
  const byText = new Map<string, { text: string; task: string; entries: Entry[] }>();
  for (const job of world.language.ledger.accepted) {
    for (const { task, textId, answered } of job.outcomes) {
      const text = job.texts.find(({ id }) => id === textId)?.text ?? "";
      const key = `${task} ${text}`;
      const found = byText.get(key) ?? { text, task, entries: [] };
      found.entries.push({ job, answered });
      byText.set(key, found);
    }
  }
  for (const { text, task, entries } of byText.values()) {
    // Nobody asked for the kind of the future that the service adds by itself.
    if (text === CANARY || task === "TimeTravel") continue;
    const of = happenings.versions.filter((version) => version.text.includes(text));
    // What the service reads itself may have been replaced when it does: then the same version is read, and paid, again.
    const isNative = task.startsWith("letters-");
    const copies = isNative ? happenings.versions.filter(({ name }) => name === of[0]?.name).length : of.length;
    if (copies === 0)
      violations.push({ promise: "bill", message: `Task ${task} was asked about a text that nobody dropped` });
    // What failed for a part of a long text failed for the document: who redrives it has all parts asked once more.
    const isPart = of.some((version) => version.text.length > text.length + CUT_AWAY);
    const redriven = isPart ? run.plan.actions.filter(({ kind }) => kind === "redrive").length : 0;
    const paid = entries.filter(({ answered, job }) => answered && !isExcused(run, job));
    const label = text.slice(0, 60);
    if (paid.length > copies + redriven) {
      const when = paid
        .map(({ job }) => `${job.displayName} at ${((job.at - run.plan.start) / 1000).toFixed(1)} s`)
        .join(", ");
      violations.push({
        promise: "bill",
        message: `Task ${task} was paid ${paid.length} times for "${label}": ${when}`,
      });
    }
    if (entries.length > MOST_ASKED * Math.max(1, copies))
      violations.push({
        promise: "bounded",
        message: `Task ${task} was asked ${entries.length} times about "${label}"`,
      });
  }
  return [...violations, ...checkTold(run), ...checkCanaries(run)];
}

/** What the service does only by these leaves no doubt what to make of it. */
const CLEAR: ReadonlySet<string> = new Set([
  "throttles with a time",
  "throttles without a time",
  "more fields",
  "long jobs",
  "a relative address",
  "an address without a version",
]);
const UNCLEAR_KINDS: ReadonlySet<string> = new Set([
  "callRefused",
  "callLost",
  "answerLost",
  "slowCall",
  "settings",
  "keyRotated",
]);

/** Nobody pays for a harmless text where nothing was in doubt: a throttle burns nothing. */
function checkCanaries({ plan, world, happenings }: Run): Violation[] {
  const isUnclear = plan.faults.some(
    (fault) => UNCLEAR_KINDS.has(fault.kind) || (fault.kind === "scenario" && !CLEAR.has(fault.name)),
  );
  if (isUnclear || happenings.versions.some(({ text }) => text.includes(BAD))) return [];
  const canaries = world.language.ledger.accepted.filter(({ texts }) => texts.some(({ text }) => text === CANARY));
  if (canaries.length === 0) return [];
  return [{ promise: "bill", message: `${canaries.length} harmless texts were paid, and nothing was in doubt` }];
}

/** Whether a job may have gone out in vain: nobody learned of it, or could write down that it did. */
export function isExcused(run: Run, job: AcceptedJob): boolean {
  if (job.deliveredAt === undefined) return true;
  const { world, happenings } = run;
  if (happenings.released.includes(job.jobId) || (job.distorted && happenings.released.includes(""))) return true;
  if (world.journal.tickets.has(job.jobId)) return false;
  const { deliveredAt, process } = job;
  const isSoon = (at: number): boolean => at > deliveredAt - MARGIN && at < deliveredAt + SOON;
  const died = world.deaths.some((death) => death.process === process && isSoon(death.at));
  return died || world.storageTroubles.some(isSoon) || stoodStill(run, job);
}

/** A call that takes longer is given up, so that its answer is lost. */
const CALL_SECONDS = 59;

/**
 * A process stood still around the time that the job was sent, or an operation that renews its lease, for the length of a
 * lease or longer. While it only waits for the service, it keeps its lease.
 */
function stoodStill({ plan, world }: Run, { at, deliveredAt = at }: AcceptedJob): boolean {
  const stalls = plan.faults.flatMap((fault) => (fault.kind === "stall" ? [fault] : []));
  const slow = world.faults.strikes.filter(
    ({ kind, seconds }) => kind === "slowStorage" || (kind === "slowCall" && seconds >= CALL_SECONDS),
  );
  return [...stalls, ...slow].some((fault) => {
    const from = plan.start + fault.at;
    const until = from + fault.seconds * 1000;
    return fault.seconds >= LEASE_SECONDS && from < deliveredAt + SOON && until > at - SOON;
  });
}

/** A job that the service took, and that nobody wrote down, is told of when it goes out again. */
function checkTold({ world }: Run): Violation[] {
  const told = world.logs.map(({ line }) => line).filter((line) => line.includes('"job.sentAgain"'));
  const isTold = (displayName: string): boolean => {
    const [batch = "", job = ""] = displayName.split("/");
    return told.some((line) => line.includes(`"batch":"${batch}","job":"${job}"`));
  };
  const names = new Map<string, AcceptedJob[]>();
  for (const job of world.language.ledger.accepted) {
    if (/\/canary$|canary$/.test(job.displayName)) continue;
    names.set(job.displayName, [...(names.get(job.displayName) ?? []), job]);
  }
  return [...names].flatMap(([displayName, jobs]) => {
    const lost = jobs.slice(0, -1).filter(({ jobId, distorted }) => !distorted && !world.journal.tickets.has(jobId));
    if (lost.length === 0 || isTold(displayName)) return [];
    return [
      {
        promise: "told",
        message: `The job ${displayName} went out ${jobs.length} times, and no log tells of it`,
      } as const,
    ];
  });
}
