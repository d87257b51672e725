import { expect, it } from "vitest";
import { recordName } from "../../../src/lib/documents/document.ts";
import { createRun, stepRunFor } from "../../../src/lib/queueing/requeue-run.ts";
import { outcomeMetadata } from "../../../src/lib/results/outcome-metadata.ts";
import { buildFailure } from "../../../src/lib/results/record.ts";
import { describeFailures } from "../../../src/lib/status/describe-failures.ts";
import { createText } from "../../../src/lib/storage/blobs.ts";
import { Fuse } from "../../helpers/fuse.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

it("20,000 failures take six listings and a read for each document and group that is shown", async () => {
  const fuse = new Fuse();
  const fixture = await LaneFixture.create({ match: "tickets/**" }, { fuse });
  const { failed } = fixture.containers;
  const fail = async (n: number): Promise<void> => {
    const name = `tickets/${n}.txt`;
    const code = n % 4 === 0 ? "EmptyDocument" : "InvalidDocument";
    const record = buildFailure({
      pipeline: "tickets",
      document: { container: "documents", name, etag: '"v1"' },
      error: { code, message: "m", hint: "h", source: "service", task: "topic" },
      attempts: 1,
      failedAt: "2026-11-28T00:00:00.000Z",
    });
    const metadata = outcomeMetadata(record);
    await createText(failed, recordName("tickets", name), JSON.stringify(record), { metadata });
  };
  const all = Array.from({ length: 20_000 }, (_, n) => n);
  while (all.length > 0) await Promise.all(all.splice(0, 1_000).map(fail));

  const cost = async (query: { limit: number; code?: string; cursor?: string }) => {
    fuse.set(Number.POSITIVE_INFINITY, false);
    const answer = await describeFailures(fixture.sweepContext(), query);
    return { answer, operations: fuse.effects };
  };
  const first = await cost({ limit: 50 });
  expect(first.answer).toMatchObject({ total: 20_000, complete: true });
  expect(first.answer.groups?.map(({ code, count }) => [code, count])).toEqual([
    ["InvalidDocument", 15_000],
    ["EmptyDocument", 5_000],
  ]);
  // Four listings of failures and one of marks for the groups, one for the page; two groups and fifty documents are read.
  expect(first.operations).toBe(6 + 2 + 50);
  const next = await cost({ limit: 50, code: "EmptyDocument", cursor: first.answer.nextCursor ?? "" });
  expect(next.answer.documents).toHaveLength(50);
  expect(next.operations).toBe(1 + 50);

  const { id } = await createRun(fixture.sweepContext(), { kind: "redrive", code: "EmptyDocument", dryRun: true }, {});
  fuse.set(Number.POSITIVE_INFINITY, false);
  const { run } = await stepRunFor(fixture.sweepContext(), id, 60_000);
  expect(run.state).toMatchObject({ seen: 20_000, matched: 5_000, queued: 0, done: true });
  expect(fuse.effects).toBeLessThan(100);
});
