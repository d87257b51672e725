import {
  date,
  group,
  held,
  heldUp,
  idle,
  iso,
  pipeline,
  REASONS,
  requeue,
  result,
  still,
  text,
  type World,
  world,
} from "./fixtures.ts";
import type { PageServer } from "./page-server.ts";

/** An app on a bad day: a bit of everything that the page can show. */
export function busyWorld(): World {
  const failed = Array.from({ length: 60 }, (_, minute) => (minute > 40 && minute < 52 ? 90 : 2));
  const tickets = pipeline("tickets");
  return world({
    pipelines: {
      at: iso(0),
      pipelines: [
        heldUp("clauses", "blocked", REASONS.key),
        {
          ...tickets,
          totals: { ...tickets.totals, failed: 1_204, partiallySucceeded: 12 },
          series: { ...tickets.series, failed },
          lanes: [...tickets.lanes, held(3, "throttled", REASONS.throttled), held(4, "throttled", REASONS.throttled)],
        },
        still("visits", "paused", {
          paused: { mode: "pause", by: "Jane", reason: "the model is being retrained", since: iso(-7200) },
          lanes: [{ lane: 0, running: true, status: { state: "paused" } }],
        }),
        idle("contracts"),
      ],
    },
    failures: {
      total: 20_204,
      complete: true,
      groups: [
        group("NotText", 19_640),
        group("InvalidDocument", 552, {
          tasks: { topic: 552 },
          hint: "Check that the document holds text, is in the pipeline's language, and is not too long; then drop it again.",
        }),
        group("NoPipeline", 12, {
          pipelines: { _unmatched: 12 },
          examples: ["misc/readme.md"],
          hint: "Add a pipeline whose match wants the name, then redrive.",
        }),
      ],
      documents: [],
    },
    models: {
      ...world().models,
      deployments: [
        ...world().models.deployments,
        {
          endpoint: "https://westeurope.example",
          project: "clauses",
          source: "authoring",
          deployment: "production",
          pipelines: ["clauses"],
          state: "expiring",
          expiresOn: date(24),
          daysLeft: 24,
        },
      ],
    },
    requeues: { requeues: [requeue()] },
  });
}

/** Answers about the document `tickets/visit-07.txt`, and counts redrives. */
export const documentAnswers: PageServer["answer"] = ({ path }) => {
  if (path.startsWith("records/")) return { body: result() };
  if (path.startsWith("texts/")) return { body: text() };
  if (path.startsWith("redrive?"))
    return { body: requeue({ dryRun: true, status: "done", matched: 19_640, queued: 0 }) };
  if (!path.startsWith("documents/")) return undefined;
  const name = "tickets/visit-07.txt";
  const places = [
    { pipeline: "tickets", state: "succeeded", record: `results/tickets/${name}.json` },
    { pipeline: "everything", state: "running", lane: 2 },
  ];
  return { body: { name, etag: '"1"', places } };
};
