import { beforeEach, describe, expect, it } from "vitest";
import type { LaneStep } from "../../../src/lib/lane/lane.ts";
import type { AnalysisClient } from "../../../src/lib/language/analysis.ts";
import { publishRecord } from "../../../src/lib/results/publish-record.ts";
import { buildFailure } from "../../../src/lib/results/record.ts";
import { listAmong } from "../../../src/lib/storage/list-blobs.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

// A result is published without a look at the failure records; they are looked at before and after, for the whole batch.

let fixture: LaneFixture;

beforeEach(async () => {
  fixture = await LaneFixture.create({ match: "**" });
});

/** One document is looked up, twenty are listed. */
const SIZES = [1, 20];

async function drop(count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, n) => `in/${n}.txt`);
  await Promise.all(names.map((name) => fixture.drop(name, `text of ${name}`)));
  return names;
}

/** What another run of the lane, or of one that had the document before, publishes at this moment. */
async function fail(name: string): Promise<void> {
  const { input } = fixture.containers;
  const { etag = "", lastModified } = await input.getBlobClient(name).getProperties();
  const document = { container: input.containerName, name, etag, lastModified: lastModified?.toISOString() };
  const error = { code: "InvalidDocument", message: "no", hint: "none", source: "service" as const };
  const failedAt = new Date().toISOString();
  await publishRecord(
    fixture.containers,
    buildFailure({ pipeline: "tickets", document, error, attempts: 1, failedAt }),
  );
}

const put = (record: string) => fixture.containers.failed.getBlockBlobClient(record).uploadData(Buffer.from("{}"));

describe.each(SIZES)("of %i documents in a batch", (count) => {
  it("one that another run failed while the service had it ends with its result alone", async () => {
    const [first = ""] = await drop(count);
    const step = await fixture.run((next) => next.action === "collect");
    await fail(first);
    expect(await fixture.failures()).toHaveLength(1);
    await fixture.finish(step);
    expect(await fixture.failures()).toEqual([]);
    expect(await fixture.results()).toHaveLength(count);
  });

  it("one that failed before, in an older version, ends with its result alone", async () => {
    const names = await drop(count);
    fixture.language.script.onDocument = ({ text }) =>
      text === "text of in/0.txt" ? { code: "InvalidDocument", message: "no" } : undefined;
    await fixture.finish();
    expect(await fixture.failures()).toEqual(["tickets/in/0.txt.json"]);
    await Promise.all(names.map((name) => fixture.drop(name, `new text of ${name}`)));
    await fixture.finish();
    expect(await fixture.failures()).toEqual([]);
    expect(await fixture.results()).toHaveLength(count);
  });

  it("one that no pipeline wanted when it was dropped first ends with its result alone", async () => {
    await drop(count);
    await put("_unmatched/in/0.txt.json");
    await put("_unmatched/elsewhere.txt.json");
    await fixture.finish();
    expect(await fixture.failures()).toEqual(["_unmatched/elsewhere.txt.json"]);
    expect(await fixture.results()).toHaveLength(count);
  });

  it("one whose record may not be removed is told of, and is analysed all the same", async () => {
    await drop(count);
    await put("_unmatched/in/0.txt.json");
    await fixture.containers.failed.getBlobClient("_unmatched/in/0.txt.json").getBlobLeaseClient().acquireLease(-1);
    await fixture.finish();
    expect(fixture.events.filter(({ event }) => event === "record.refused")).toMatchObject([{ document: "in/0.txt" }]);
    expect(await fixture.results()).toHaveLength(count);
  });

  it("those of a run that finds another has written first are looked at all the same", async () => {
    const [first = ""] = await drop(count);
    const step = await fixture.run((next) => next.action === "collect");
    let faster: LaneStep | undefined;
    // The other run ends the batch, and the document's end is another one there; then this one publishes its result.
    const meanwhile = async () => {
      if (faster !== undefined) return;
      faster = await fixture.step(step);
      await fixture.containers.results.getBlobClient(`tickets/${first}.json`).delete();
      await fail(first);
    };
    const client: AnalysisClient = {
      submit: (request) => fixture.language.submit(request),
      detectLanguages: (texts) => fixture.language.detectLanguages(texts),
      getJob: async (handle, tasks) => {
        const state = await fixture.language.getJob(handle, tasks);
        await meanwhile();
        return state;
      },
    };
    await fixture.step(step, { client: () => client });
    expect(faster?.action).toBe("claim");
    expect(await fixture.failures()).toEqual([]);
    expect(await fixture.results()).toHaveLength(count);
  });
});

it("a listing that does not tell of all is no answer, nor is one made for a few", async () => {
  const { failed } = fixture.containers;
  const wanted = Array.from({ length: 13 }, (_, n) => `a/${n}.json`);
  await Promise.all(["a/1.json", "a/7.json", "a/other.json"].map(put));
  expect(await listAmong(failed, wanted, 3)).toEqual(new Set(["a/1.json", "a/7.json"]));
  expect(await listAmong(failed, wanted, 2)).toBeUndefined();
  expect(await listAmong(failed, wanted.slice(0, 12))).toBeUndefined();
});
