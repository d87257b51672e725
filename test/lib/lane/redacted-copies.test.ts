import { beforeEach, describe, expect, it } from "vitest";
import type { JobDocument, Task } from "../../../src/lib/language/analysis.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

const pii = (name: string, piiCategories: string[] = []): Task => ({
  kind: "PiiEntityRecognition",
  name,
  parameters: { piiCategories },
});

/** What the service would write: a mask that tells which task it is from. */
const redact = ({ text }: JobDocument, { kind, name }: Task) =>
  kind === "PiiEntityRecognition" ? { entities: [], redactedText: text.replaceAll(/\d/g, name.charAt(0)) } : {};

let fixture: LaneFixture;

async function begin(tasks: Task[], redactedCopies = true): Promise<void> {
  fixture = await LaneFixture.create({ tasks, redactedCopies });
  fixture.language.script.content = redact;
}

async function readCopy(name: string): Promise<string> {
  const blob = fixture.containers.results.getBlobClient(name);
  return (await blob.downloadToBuffer()).toString("utf8");
}

describe("a pipeline that asks for redacted copies", () => {
  beforeEach(() => begin([pii("personal")]));

  it("has the redacted text of each document beside its result, which names it", async () => {
    await fixture.drop("a.txt", "call 555");
    await fixture.drop("b", "call 123");
    await fixture.finish();
    expect(await fixture.results()).toEqual([
      "tickets/a.txt.json",
      "tickets/a.txt.redacted.txt",
      "tickets/b.json",
      "tickets/b.redacted.txt",
    ]);
    expect(await readCopy("tickets/a.txt.redacted.txt")).toBe("call ppp");
    const { containerName } = fixture.containers.results;
    expect((await fixture.read("results", "a.txt")).tasks).toMatchObject([
      { redactedText: "call ppp", redactedCopy: `${containerName}/tickets/a.txt.redacted.txt` },
    ]);
  });

  it("replaces the copy with that of a newer version, and removes it when that version fails", async () => {
    await fixture.drop("a.txt", "call 555");
    await fixture.finish();
    await fixture.drop("a.txt", "call 77");
    await fixture.finish();
    expect(await readCopy("tickets/a.txt.redacted.txt")).toBe("call pp");
    await fixture.drop("a.txt", "");
    await fixture.finish();
    expect(await fixture.results()).toEqual([]);
    expect(await fixture.failures()).toEqual(["tickets/a.txt.json"]);
  });

  it("keeps the copy with a result that the storage service does not let stand yet", async () => {
    await fixture.drop("a.txt", "call 555");
    await fixture.finish();
    const lease = fixture.containers.results.getBlobClient("tickets/a.txt.json").getBlobLeaseClient();
    await lease.acquireLease(-1);
    await fixture.drop("a.txt", "call 77");
    const step = await fixture.run((next) => next.status.state === "failing");
    await lease.releaseLease();
    await fixture.finish(step);
    expect(await readCopy("tickets/a.txt.redacted.txt")).toBe("call pp");
    expect((await fixture.read("results", "a.txt")).document).toMatchObject({ bytes: 7 });
  });
});

it("A copy has its task's name where several tasks redact, and a task that failed has none", async () => {
  await begin([pii("people"), pii("numbers"), pii("broken"), { ...pii("topic"), kind: "KeyPhraseExtraction" }]);
  fixture.language.script.onDocument = (_, { name }) =>
    name === "broken" ? { code: "InvalidDocument", message: "no" } : undefined;
  await fixture.drop("a.txt", "call 555");
  await fixture.finish();
  expect(await fixture.results()).toEqual([
    "tickets/a.txt.json",
    "tickets/a.txt.numbers.redacted.txt",
    "tickets/a.txt.people.redacted.txt",
  ]);
  expect(await readCopy("tickets/a.txt.people.redacted.txt")).toBe("call ppp");
});

it("A pipeline that asks for no copies has none", async () => {
  await begin([pii("personal")], false);
  await fixture.drop("a.txt", "call 555");
  await fixture.finish();
  expect(await fixture.results()).toEqual(["tickets/a.txt.json"]);
});
