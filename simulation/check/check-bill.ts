import type { AcceptedJob } from "../language/ledger.ts";
import type { Run } from "../run/run-plan.ts";
import type { Violation } from "./violation.ts";

/** Around a moment, milliseconds: what happened so near to it may have to do with it. */
const NEAR = 90_000;
/** A process that stands still for longer may lose its lease without knowing. */
const LEASE_SECONDS = 10;
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
    if (text === "Hello." || task === "TimeTravel") continue;
    const copies = happenings.versions.filter((version) => version.text.includes(text)).length;
    if (copies === 0)
      violations.push({ promise: "bill", message: `Task ${task} was asked about a text that nobody dropped` });
    const paid = entries.filter(({ answered, job }) => answered && !isExcused(run, job));
    const label = text.slice(0, 60);
    if (paid.length > copies) {
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
  return [...violations, ...checkTold(run)];
}

/** Whether a job may have gone out in vain: nobody learned of it, or could write down that it did. */
function isExcused(run: Run, job: AcceptedJob): boolean {
  if (job.deliveredAt === undefined) return true;
  const { world, happenings } = run;
  if (happenings.released.includes(job.jobId) || (job.distorted && happenings.released.includes(""))) return true;
  if (world.journal.tickets.has(job.jobId)) return false;
  const { deliveredAt, process } = job;
  const isNear = (at: number): boolean => Math.abs(at - deliveredAt) < NEAR;
  const died = world.deaths.some((death) => death.process === process && isNear(death.at));
  return died || world.storageTroubles.some(isNear) || stoodStill(run, job);
}

function stoodStill({ plan }: Run, { deliveredAt = 0 }: AcceptedJob): boolean {
  return plan.faults.some((fault) => {
    if (fault.kind !== "stall" && fault.kind !== "slowStorage" && fault.kind !== "slowCall") return false;
    const from = plan.start + fault.at;
    return (
      fault.seconds >= LEASE_SECONDS &&
      from - NEAR < deliveredAt &&
      deliveredAt < from + fault.seconds * 1000 + 10 * NEAR
    );
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
