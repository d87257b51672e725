import { beforeEach, describe, expect, it } from "vitest";
import { acceptDocument, receiveEvent } from "../../../src/lib/queueing/accept-document.ts";
import type { SweepContext } from "../../../src/lib/queueing/inspect-pipeline.ts";
import { requeuePage, requeueStateSchema } from "../../../src/lib/queueing/requeue-page.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

let fixture: LaneFixture;
let context: SweepContext;

beforeEach(async () => {
  fixture = await LaneFixture.create({ match: "tickets/**" });
  context = fixture.sweepContext();
});

const waiting = async () => (await fixture.queue.peek()).total;
const backfill = () => requeuePage(context, requeueStateSchema.parse({ kind: "backfill" }));

describe("an event", () => {
  it("of another container is told of and changes nothing: results are never analysed, nor told as missing", async () => {
    const container = fixture.containers.results.containerName;
    expect(await receiveEvent(context, { container, name: "tickets/a.txt" })).toEqual([]);
    expect(await receiveEvent(context, { container, name: "tickets/tickets/a.txt.json" })).toEqual([]);
    expect(await waiting()).toBe(0);
    expect(await fixture.failures()).toEqual([]);
    expect(fixture.events[0]).toEqual({ event: "intake.foreign", container, document: "tickets/a.txt" });
  });

  it("of a document puts it on the queue", async () => {
    const container = fixture.containers.input.containerName;
    expect(await receiveEvent(context, { container, name: "tickets/a.txt" })).toEqual([fixture.pipeline]);
    expect(await waiting()).toBe(1);
  });
});

describe("a blob that stands for a folder", () => {
  const MARKERS: [string, string, object][] = [
    ["a slash at the end of its name", "tickets/a/", {}],
    ["metadata of a hierarchical namespace", "tickets/b", { metadata: { hdi_isfolder: "true" } }],
    ["metadata in capital letters", "tickets/c", { metadata: { Hdi_isfolder: "True" } }],
    ["the content type of a directory", "tickets/d", { blobHTTPHeaders: { blobContentType: "httpd/unix-directory" } }],
    ["the other content type", "e", { blobHTTPHeaders: { blobContentType: "application/x-directory" } }],
    ["metadata, where no pipeline wants it", "elsewhere", { metadata: { hdi_isfolder: "true" } }],
  ];

  it.each(MARKERS)("by %s passes in silence", async (_, name, options) => {
    await fixture.containers.input.getBlockBlobClient(name).upload("", 0, options);
    await fixture.announce(name);
    await fixture.finish();
    expect((await backfill()).state).toMatchObject({ queued: 0 });
    await fixture.finish();
    expect([...(await fixture.results()), ...(await fixture.failures())]).toEqual([]);
    expect(fixture.events.filter(({ event }) => event === "document.failed" || event === "intake.unmatched")).toEqual(
      [],
    );
  });

  it("is not meant by an empty document, which is told as that", async () => {
    await fixture.drop("tickets/empty.txt", "");
    await fixture.finish();
    expect(await fixture.failures()).toEqual(["tickets/tickets/empty.txt.json"]);
  });
});

describe("a name that no document can be read under", () => {
  it.each(["..", "tickets/../a.txt", ".", `tickets/${"a/".repeat(300)}b`])(
    "gets a failure record: %s",
    async (name) => {
      expect(await acceptDocument(context, name, "event")).toEqual([]);
      expect(await waiting()).toBe(0);
      const [record = ""] = await fixture.failures();
      expect(record).toMatch(/^_unmatched\//);
      const text = (await fixture.containers.failed.getBlobClient(record).downloadToBuffer()).toString();
      expect(JSON.parse(text)).toMatchObject({
        document: { name },
        error: { code: "UnusableName", source: "routing" },
      });
    },
  );
});
