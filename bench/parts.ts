import { countDocuments } from "./count/count-documents.ts";
import { total } from "./count/storage-counter.ts";
import { type Row, row } from "./figure.ts";
import { client } from "./parts/client.ts";
import { faults } from "./parts/faults.ts";
import { growth } from "./parts/growth.ts";
import { latency } from "./parts/latency.ts";
import { naive } from "./parts/naive.ts";
import { processor } from "./parts/processor.ts";
import { stack } from "./parts/stack.ts";
import { LimitedService } from "./virtual/limited-service.ts";
import { type LanesOptions, type LanesRun, runLanes } from "./virtual/run-lanes.ts";
import { runShape, SHAPES } from "./virtual/shapes.ts";
import { VirtualTime } from "./virtual/virtual-time.ts";

/** Requests in a minute of the scaled limit: a tenth of what the service gives (`TIER_S`: 1,000). */
const LIMIT = 100;
const JOB_SECONDS = 10;

const lanes = (options: LanesOptions): Promise<LanesRun> => runLanes(new VirtualTime(), options);

/** Documents a minute between a fifth and four fifths of a run: neither its beginning nor its end. */
function pace({ ends }: LanesRun): number {
  const from = Math.floor(ends.length * 0.2);
  const to = Math.floor(ends.length * 0.8);
  const minutes = (ends[to] ?? 0) - (ends[from] ?? 0);
  return (to - from) / minutes;
}

/** What each document of a hundred takes, counted on the real stack at a proxy. */
async function counts(): Promise<Row[]> {
  const { storage, calls, jobs, durable, closing } = await countDocuments(100);
  const rows = Object.entries(storage.ours).map(([name, count]) => row(`ours, a document: ${name}`, count / 100));
  const hosts = Object.entries(storage.host).filter(([name]) => !/list|receive|create/.test(name));
  return [
    row("storage transactions of our own a document", total(storage.ours) / 100, 3),
    ...rows,
    ...hosts.map(([name, count]) => row(`host's, a document: ${name}`, count / 100)),
    row("calls of the service a job", total(calls) / jobs, 2),
    row("calls of the service a document", total(calls) / 100, 0.08),
    row("Durable activities a document", durable.activities / 100),
    row("Durable episodes a document", durable.episodes / 100),
    row("Durable history events a document", durable.historyEvents / 100),
    row("Durable history bytes a document", durable.historyBytes / 100),
    row("events of the longest history", durable.longestHistory),
    row("transactions of our own until the lane has closed", total(closing.storage.ours)),
  ];
}

async function durations(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const jobSeconds of [2, 10, 60]) {
    const run = await lanes({ documents: 1_000, jobSeconds });
    rows.push(
      row(`jobs of ${jobSeconds} s: calls a job`, run.calls / run.jobs, 2),
      row(`jobs of ${jobSeconds} s: documents a job, backlog`, 1_000 / run.jobs, 25),
    );
  }
  const trickle = await lanes({ documents: 200, jobSeconds: JOB_SECONDS, everySeconds: 1 });
  rows.push(row("a document a second: documents a job", 200 / trickle.jobs));
  rows.push(row("a document a second: calls a document", trickle.calls / 200));
  return rows;
}

/** The default lanes against what two calls a job allow, under the scaled limit. */
async function limit(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [reading, apart] of [
    ["submissions and polls together", false],
    ["each apart", true],
  ] as const) {
    const ceiling = (apart ? LIMIT : LIMIT / 2) * 25;
    const run = await lanes({ documents: ceiling * 8, jobSeconds: JOB_SECONDS, limit: LIMIT, apart });
    rows.push(
      row(`${reading}: share of the ceiling`, pace(run) / ceiling, 1),
      row(`${reading}: share of the calls that is refused`, run.refused / run.calls, 0),
      row(`${reading}: calls a job`, run.calls / run.jobs, 2),
      row(`${reading}: lanes that opened`, run.lanes),
    );
    // Longer, because the first jobs of a minute are over after a minute, and then their time is known.
    for (const [jobSeconds, minutes] of [
      [2, 8],
      [60, 16],
    ] as const) {
      const other = await lanes({ documents: ceiling * minutes, jobSeconds, limit: LIMIT, apart });
      rows.push(
        row(`${reading}, jobs of ${jobSeconds} s: share of the ceiling`, pace(other) / ceiling, 1),
        row(`${reading}, jobs of ${jobSeconds} s: share of the calls that is refused`, other.refused / other.calls, 0),
      );
    }
  }
  const documents = (LIMIT / 2) * 25 * 8;
  const one = await lanes({ documents, jobSeconds: JOB_SECONDS, limit: LIMIT });
  const four = await lanes({ documents: documents * 4, jobSeconds: JOB_SECONDS, limit: LIMIT, resources: 4 });
  rows.push(row("four resources ÷ one", pace(four) / pace(one), 4));
  const three = await lanes({ documents, jobSeconds: JOB_SECONDS, limit: LIMIT, tasks: 3 });
  rows.push(row("three tasks in one pipeline: calls a document ÷ those of one task", three.calls / one.calls, 1));
  return rows;
}

/** The same documents the way scripts ask, on the same service; a script that throws counts what it had until then. */
async function shapes(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [words, options] of [
    ["unlimited", { jobSeconds: JOB_SECONDS }],
    [`${LIMIT} requests a minute`, { jobSeconds: JOB_SECONDS, limit: LIMIT }],
  ] as const) {
    const documents = 5_000;
    const ours = await lanes({ documents, ...options });
    const perMinute = documents / ours.minutes;
    rows.push(row(`${words}: ours, calls a document`, ours.calls / documents, 0.08));
    for (const shape of SHAPES) {
      const time = new VirtualTime();
      const service = new LimitedService(time, options);
      const run = await runShape(time, service, shape, shape.documentsPerJob === 1 ? 200 : documents);
      const name = `${words}: ${shape.name}`;
      rows.push(row(`${name}: ended with an exception`, run.failed ? 1 : 0));
      if (run.documents === 0) continue;
      rows.push(
        row(`${name}: ours ÷ its documents a minute`, perMinute / (run.documents / run.minutes)),
        row(`${name}: calls a document`, service.total / run.documents),
      );
    }
  }
  return rows;
}

/** By name, in the order in which they are shown. */
export const PARTS: Readonly<Record<string, () => Promise<Row[]>>> = {
  counts,
  processor,
  durations,
  limit,
  latency,
  faults,
  shapes,
  client,
  growth,
  naive,
  stack,
};
