import { beforeEach, describe, expect, it } from "vitest";
import { makePdf } from "../../../scripts/samples/make-pdf.ts";
import { deleteBlob } from "../../../src/lib/storage/blobs.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

const pdf = (text: string): Uint8Array => makePdf([[{ x: 72, y: 700, text }]]);

let fixture: LaneFixture;

beforeEach(async () => {
  fixture = await LaneFixture.create({ attachments: "documents" });
});

const textBeside = async (name: string): Promise<string | undefined> => {
  const blob = fixture.containers.results.getBlobClient(`tickets/${name}.txt`);
  return (await blob.exists()) ? (await blob.downloadToBuffer()).toString("utf8") : undefined;
};

describe("a document that is no plain text", () => {
  it("has its text beside its result, which is replaced with the next version and goes with the result", async () => {
    await fixture.drop("a.pdf", pdf("First words."));
    await fixture.finish();
    expect(await textBeside("a.pdf")).toBe("First words.");
    const { document } = await fixture.read("results", "a.pdf");
    const { containerName } = fixture.containers.results;
    expect(document).toMatchObject({ format: "pdf", textFile: `${containerName}/tickets/a.pdf.txt`, pages: [0] });
    await fixture.pass(1_100);
    await fixture.drop("a.pdf", pdf("Other words."));
    await fixture.finish();
    expect(await textBeside("a.pdf")).toBe("Other words.");
    await fixture.pass(1_100);
    await fixture.drop("a.pdf", "%PDF-1.7");
    await fixture.finish();
    expect(await fixture.results()).toEqual([]);
    expect(await fixture.read("failed", "a.pdf")).toMatchObject({ error: { code: "DocumentDamaged" } });
    expect(await fixture.workBlobs()).toEqual([]);
  });

  it("is read again where its stored text is lost, and ends with the same text", async () => {
    await fixture.drop("a.pdf", pdf("Lost words."));
    const step = await fixture.run((next) => next.action === "collect");
    const lost = (await fixture.workBlobs()).filter((name) => name.includes("/texts/"));
    expect(lost).toHaveLength(1);
    for (const name of lost) await deleteBlob(fixture.containers.work, name);
    await fixture.finish(step);
    expect(await textBeside("a.pdf")).toBe("Lost words.");
  });

  it("leaves its neighbours alone when it does harm", async () => {
    await fixture.drop("a.txt", "plain");
    await fixture.drop("bomb.html", `<!doctype html>${"<b>".repeat(100_000)}`);
    await fixture.drop("c.html", "<!doctype html><p>A page</p>");
    await fixture.finish();
    expect(await fixture.results()).toEqual(["tickets/a.txt.json", "tickets/c.html.json", "tickets/c.html.txt"]);
    expect(await fixture.read("failed", "bomb.html")).toMatchObject({ error: { code: "NestedTooDeep" } });
  });

  it("tells of a name that says another format", async () => {
    await fixture.drop("a.txt", pdf("Some words."));
    await fixture.finish();
    expect((await fixture.read("results", "a.txt")).document).toMatchObject({
      format: "pdf",
      formatClash: "The content is read as a PDF document, though its name says plain text",
    });
  });
});

it("what is attached to a message is a document of its own, where the pipeline asks for it", async () => {
  const mail = [
    "From: ann@example.com",
    'Content-Type: multipart/mixed; boundary="x"',
    "",
    "--x",
    "",
    "See the note.",
    "--x",
    'Content-Disposition: attachment; filename="note.txt"',
    "Content-Transfer-Encoding: base64",
    "",
    Buffer.from("Attached words.").toString("base64"),
    "--x--",
  ].join("\r\n");
  await fixture.drop("mails/a.eml", mail);
  await fixture.finish();
  const attached = "mails/a.eml.attachments/1-note.txt";
  expect(await fixture.containers.input.getBlobClient(attached).exists()).toBe(true);
  expect(await textBeside("mails/a.eml")).toMatch(/See the note\.\n\nAttachments:\n- note\.txt/);
  await fixture.announce(attached);
  await fixture.finish();
  expect((await fixture.read("results", attached)).document).toMatchObject({ name: attached, characters: 15 });
});
