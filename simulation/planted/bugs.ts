import { FEATURE_BUGS } from "./feature-bugs.ts";
import { bug, type PlantedBug } from "./planted-bug.ts";

/** The mistakes; `docs/reliability.md` says which seed finds each. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  bug("an overwrite without its ETag check", "lib/storage/blobs.ts", "conditions: { ifMatch: etag } });", "});"),
  bug(
    "messages of a batch are never deleted",
    "lib/lane/steps/claim.ts",
    "  await uncounted(session, () => taken.settle());\n",
    "",
  ),
  bug(
    "messages are deleted before the lane has written its documents down",
    "lib/lane/steps/claim.ts",
    "  await session.writeFile({ ...file, batch }, LONGEST_READING_SECONDS);",
    "  await taken.settle();\n  await session.writeFile({ ...file, batch }, LONGEST_READING_SECONDS);",
  ),
  bug(
    "documents of other lanes are taken all the same",
    "lib/lane/store/document-claims.ts",
    "claimedElsewhere = new Set(names.filter((name) => taken.has(documentKey(name))));",
    "",
  ),
  bug(
    "claims are not released at the end of a batch, nor when a lane closes",
    "lib/lane/store/document-claims.ts",
    "(own?.batch === batch ? { lanes } : undefined)",
    "(own?.batch === batch ? undefined : undefined)",
  ),
  bug(
    "two messages of one document make it two in a batch",
    "lib/lane/steps/take-documents.ts",
    "documents: eachNameOnce(own.map(({ document }) => document)),",
    "documents: own.map(({ document }) => document),",
  ),
  bug(
    "a document that has its record is analysed again",
    "lib/lane/steps/prepare-batch.ts",
    "const knownEtag = ended ? record.etag : undefined;",
    "const knownEtag = undefined;",
  ),
  bug(
    "a new version of a document that has a record is passed over",
    "lib/lane/steps/prepare-batch.ts",
    'outcome.kind === "unchanged" || outcome.kind === "missing")) {',
    'outcome.kind !== "large")) {',
  ),
  bug(
    "every batch is adopted as if nothing of it were sent",
    "lib/lane/store/batch-progress.ts",
    'state: z.enum(["prepared", "open", "doubted", "done"]),',
    'state: z.enum(["prepared", "open", "doubted", "done"]).transform((state) => (state === "open" ? "prepared" as const : state)),',
  ),
  bug(
    "nobody writes down that a job is being sent",
    "lib/lane/steps/submit.ts",
    "job.sendingSince = session.iso();\n",
    "",
  ),
  bug(
    "a wrong setting blames the documents",
    "lib/lane/steps/submit.ts",
    'if (error.class === "throttled" || error.class === "blocked")',
    'if (error.class === "throttled")',
  ),
  bug(
    "a poll of a running job sends it again",
    "lib/lane/steps/collect.ts",
    "return expired ? { lost: { job, ticket, error: EXPIRED } } : {};",
    "return { lost: { job, ticket, error: EXPIRED } };",
  ),
  bug(
    "a poll that is throttled sends the job again",
    "lib/lane/steps/collect.ts",
    'if (error.class === "throttled") return {',
    'if (error.class === "throttled") return { lost: { job, ticket, error: EXPIRED } };\n  if (error.class === "throttled") return {',
  ),
  bug(
    "a poll that fails on the way sends the job again",
    "lib/lane/steps/collect.ts",
    'return { interruption: { kind: "unclear", error: about, until: "polled" } };',
    "return { lost: { job, ticket, error: EXPIRED } };",
  ),
  bug(
    "an answer that nobody can read sends the job again",
    "lib/lane/steps/collect.ts",
    "if (isSuccess(error)) await setAside(session, job, error);",
    "if (isSuccess(error)) return { lost: { job, ticket, error: EXPIRED } };",
  ),
  bug(
    "a job counts as done before its records are written",
    "lib/lane/steps/publish.ts",
    "const sources = new Sources(session, job.id, answers);\n",
    "await session.save();\n  const sources = new Sources(session, job.id, answers);\n",
  ),
  bug(
    "what a batch came to is counted twice",
    "lib/lane/steps/finish-batch.ts",
    "succeeded: totals.succeeded + ended.succeeded,",
    "succeeded: totals.succeeded + 2 * ended.succeeded,",
  ),
  bug(
    "documents that failed before they were sent are not counted",
    "lib/lane/steps/finish-batch.ts",
    "failed: published.failed + batch.failed,",
    "failed: published.failed,",
  ),
  bug(
    "an earlier failure stays beside the result",
    "lib/results/publish-record.ts",
    "await deleteBlob(this.#other, this.name, rival.blobEtag);",
    'return "written";',
  ),
  bug(
    "a lane that Durable Functions lost is left alone",
    "lib/queueing/inspect-pipeline.ts",
    "return overdue > OVERDUE_MS ?",
    "return overdue > 1e12 ?",
  ),
  bug(
    "documents whose event was lost are not looked for",
    "lib/queueing/find-missed.ts",
    "if (window === undefined || lastModified > window.until) return false;",
    "if (window !== undefined) return false;\n  if (window === undefined) return false;",
  ),
  {
    name: "no lane reads the express queue",
    patches: [
      {
        file: "src/lib/storage/work-queue.ts",
        search: "await Promise.all([this.#express.peek(), this.#backlog.peek()]);",
        replace:
          "[{ ...(await this.#express.peek()), head: [], messages: 0, visible: 0 }, await this.#backlog.peek()] as const;",
      },
    ],
  },
  bug(
    "messages are deleted from the backlog, whatever queue they came from",
    "lib/storage/work-queue.ts",
    "await held.queue.leave(held, documents, delaySeconds);",
    "await this.#backlog.leave(held, documents, delaySeconds);",
  ),
  bug(
    "the text of a document is told to the log",
    "lib/lane/steps/submit.ts",
    "documents: request.documents.length });",
    "documents: request.documents.length, ...{ texts: request.documents } });",
  ),
  bug(
    "polls come without a pause",
    "lib/lane/steps/collect.ts",
    "nextPoll(openSeconds, context.limits, jobSeconds), {",
    "0, {",
  ),
  bug(
    "an orchestrator reads the clock",
    "functions/bindings/step-loop.ts",
    "context.df.currentUtcDateTime.getTime() + step.afterSeconds",
    "Date.now() + step.afterSeconds",
  ),
  bug(
    "a write that seems stale is thought done",
    "lib/storage/versioned-json.ts",
    "if (etag === undefined) throw new StaleWriteError(this.#name);",
    "",
  ),
  bug(
    "documents of other lanes are dropped, not put back",
    "lib/lane/steps/take-documents.ts",
    "for (const one of chosen.filter(isElsewhere)) inHand.giveBack(one, elsewhere);",
    "",
  ),
  bug(
    "of documents that share a message only the first is queued",
    "lib/storage/document-queue.ts",
    "await this.#messages.send(writeDocuments(shared.map(({ document }) => document)));",
    "await this.#messages.send(writeDocuments(shared.slice(0, 1).map(({ document }) => document)));",
  ),
  bug(
    "what an earlier reading of the batch failed is not counted",
    "lib/lane/steps/prepare-batch.ts",
    "  return failed.length;",
    "  return 0;",
  ),
  bug(
    "jobs are sent without the lease",
    "lib/lane/steps/submit.ts",
    "return await underLease(containers.work, name, work);",
    "return await work();",
  ),
  bug(
    "a ticket is not written down",
    "lib/lane/steps/submit.ts",
    "    await saveJobs(session, told === undefined ? [job] : [job, told]);\n",
    "",
  ),
  bug(
    "a throttle blames the documents",
    "lib/lane/steps/submit.ts",
    'if (error.class === "throttled" || error.class === "blocked")',
    'if (error.class === "blocked")',
  ),
  bug(
    "a job without an address is sent again",
    "lib/lane/steps/submit.ts",
    "if (error instanceof LanguageError && isSuccess(error)) return error;\n",
    "",
  ),
  bug(
    "when one task fails, all are asked again",
    "lib/lane/steps/collect.ts",
    "const asked = wholeJob ? job.tasks : tasks;",
    "const asked = job.tasks;",
  ),
  bug(
    "the texts of a batch are removed before it is counted",
    "lib/lane/steps/finish-batch.ts",
    "  await session.writeFile({ ...counted, cleanup: batch.id });\n",
    "  await deleteBlobs(containers.work, stored);\n  await session.writeFile({ ...counted, cleanup: batch.id });\n",
  ),
  {
    name: "texts stay behind",
    patches: [
      {
        file: "src/lib/lane/steps/finish-batch.ts",
        search: "  await deleteBlobs(containers.work, stored);\n",
        replace: "",
      },
      {
        file: "src/lib/lane/store/list-lanes.ts",
        search: "for (const batch of orphans) await deletePrefix",
        replace: "for (const batch of []) await deletePrefix",
      },
    ],
  },
  bug(
    "a lane that has work and does not run is not opened by the sweep",
    "lib/queueing/sweep.ts",
    "for (const address of findings.toOpen) await opener.open(host, address);",
    "",
  ),
  bug(
    "an older version's end is shown as the current one's",
    "lib/status/describe-document.ts",
    "record !== undefined && (etag === undefined || sameEtag(record.etag, etag));",
    "record !== undefined;",
  ),
  {
    name: "a history never begins anew",
    patches: [
      {
        file: "src/functions/bindings/step-loop.ts",
        search: "const STEPS_PER_HISTORY = 40;",
        replace: "const STEPS_PER_HISTORY = 4_000;",
      },
      {
        file: "src/functions/lanes.ts",
        search: 'startsAnew: ({ action }) => action === "claim",',
        replace: "startsAnew: () => false,",
      },
    ],
  },
  ...FEATURE_BUGS,
];
