import { beforeEach, describe, expect, it } from "vitest";
import { firstStep, type LaneStep } from "../../../src/lib/lane/lane.ts";
import { removeOrphans } from "../../../src/lib/lane/store/list-lanes.ts";
import { beforeCall } from "../../helpers/before-call.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

// What is stored of a batch holds texts of documents: it must be there as long as it is needed, and no longer.

let fixture: LaneFixture;

beforeEach(async () => {
  fixture = await LaneFixture.create();
});

const LATER = Date.now() + 60 * 60_000;
const address = { pipeline: "tickets", lane: 0 };
const put = (name: string) => fixture.containers.work.getBlockBlobClient(name).upload("{}", 2);

async function lose(part: string): Promise<void> {
  for (const name of await fixture.workBlobs()) {
    if (name.includes(part)) await fixture.containers.work.deleteBlob(name, { deleteSnapshots: "include" });
  }
}

describe("stored texts that are gone", () => {
  it("are read again from the documents before they are sent", async () => {
    for (let n = 0; n < 3; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
    await fixture.drop("long.txt", Array.from({ length: 50_000 }, (_, n) => n).join(" "));
    const prepared = await fixture.run((next) => next.action === "submit");
    await lose("/requests/");
    await fixture.finish(prepared);
    expect(await fixture.results()).toHaveLength(4);
    expect(new Set(fixture.language.timesSent.values())).toEqual(new Set([1]));
    expect(await fixture.workBlobs()).toEqual([]);
  });

  it("are read again where records need them", async () => {
    await fixture.drop("long.txt", "word ".repeat(60_000));
    const sent = await fixture.run((next) => next.action === "collect");
    await lose("/requests/");
    await fixture.finish(sent);
    expect((await fixture.read("results", "long.txt")).document).toMatchObject({ chunks: 3 });
  });

  it("of documents that changed or went meanwhile end those, and no others", async () => {
    for (let n = 0; n < 4; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
    const prepared = await fixture.run((next) => next.action === "submit");
    await lose("/requests/");
    await fixture.containers.input.deleteBlob("1.txt");
    await fixture.containers.input.getBlockBlobClient("2.txt").upload("another", 7);
    await fixture.finish(prepared);
    expect(await fixture.results()).toEqual(["tickets/0.txt.json", "tickets/3.txt.json"]);
    expect((await fixture.read("failed", "1.txt")).error).toMatchObject({ code: "DocumentNotFound" });
    expect((await fixture.read("failed", "2.txt")).error).toMatchObject({
      code: "DocumentNotFound",
      hint: "If it should be analysed, drop it again.",
    });
    expect([...fixture.language.timesSent.keys()].sort()).toEqual(["text 0", "text 3"]);
  });
});

describe("work blobs of a batch that is over", () => {
  it("are removed by the slower of two runs, which stored them after the faster one had ended the batch", async () => {
    await fixture.drop("a.txt", "text of a");
    await fixture.drop("b.txt", "text of b");
    let ended: LaneStep | undefined;
    const meanwhile = async () => {
      ended = await fixture.finish();
    };
    const work = beforeCall(fixture.containers.work, { blob: "/requests/", method: "upload" }, meanwhile);
    await fixture.step(firstStep(address), { containers: { ...fixture.containers, work } });
    expect(ended?.status.state).toBe("closing");
    expect(await fixture.results()).toHaveLength(2);
    expect(await fixture.workBlobs()).toEqual([]);
  });

  it("are removed when they are old and no lane has the batch", async () => {
    await fixture.drop("a.txt", "text of a");
    const prepared = await fixture.run((next) => next.action === "submit");
    await put("batches/over/requests/r1-0.json");
    await put("batches/over/progress.json");
    expect(await removeOrphans(fixture.containers.work, Date.now() - 60_000)).toEqual([]);
    expect(await removeOrphans(fixture.containers.work, LATER)).toEqual(["over"]);
    expect(await removeOrphans(fixture.containers.work, LATER)).toEqual([]);
    await fixture.finish(prepared);
    expect(await fixture.results()).toHaveLength(1);
  });

  it("are left where a lane's file cannot be read", async () => {
    await put("batches/over/progress.json");
    await put("lanes/tickets/3.json");
    expect(await removeOrphans(fixture.containers.work, LATER)).toEqual([]);
  });
});

describe("the file of a lane", () => {
  it("says by when the lane goes on", async () => {
    await fixture.drop("a.txt", "text of a");
    const begun = fixture.now();
    await fixture.run((next) => next.action === "submit");
    const { nextPollAt = "" } = await fixture.file();
    expect(Date.parse(nextPollAt)).toBeGreaterThanOrEqual(begun);
    expect(Date.parse(nextPollAt)).toBeLessThanOrEqual(fixture.now());
  });
});
