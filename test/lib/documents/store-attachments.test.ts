import { randomBytes } from "node:crypto";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { attachmentName, storeAttachments } from "../../../src/lib/documents/store-attachments.ts";
import { isBlobName } from "../../../src/lib/storage/blobs.ts";

let input: ContainerClient;

beforeAll(async () => {
  const service = BlobServiceClient.fromConnectionString(inject("storage"));
  input = service.getContainerClient(`t${randomBytes(8).toString("hex")}`);
  await input.create();
});

const attached = (name: string, text: string, isShown = false) => {
  return { name, contentType: "text/plain", bytes: Buffer.from(text), isShown };
};

async function stored(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { name, properties } of input.listBlobsFlat()) found.set(name, properties.etag);
  return found;
}

describe("attachments as documents", () => {
  it("stand beside their message, keep their version when it is read again, and get a new one with new content", async () => {
    const message = "mails/a.eml";
    const both = [attached("a.txt", "one"), attached("logo.png", "x", true), attached("b.txt", "two")];
    await storeAttachments(input, message, both);
    const first = await stored();
    expect([...first.keys()]).toEqual(["mails/a.eml.attachments/1-a.txt", "mails/a.eml.attachments/3-b.txt"]);
    await storeAttachments(input, message, both);
    expect(await stored()).toEqual(first);
    await storeAttachments(input, message, [attached("a.txt", "changed")]);
    const later = await stored();
    expect(later.get("mails/a.eml.attachments/1-a.txt")).not.toBe(first.get("mails/a.eml.attachments/1-a.txt"));
    expect(later.get("mails/a.eml.attachments/3-b.txt")).toBe(first.get("mails/a.eml.attachments/3-b.txt"));
  });

  it("of messages in messages in messages are stored five levels down, and no further", async () => {
    let message = "deep.eml";
    const before = (await stored()).size;
    for (let level = 0; level < 10; level++) {
      await storeAttachments(input, message, [attached("m.eml", "x")]);
      message = attachmentName(message, 0, "m.eml");
    }
    expect((await stored()).size - before).toBe(5);
  });

  it.each(["../../x", "a/b\\c", "..", "", "con\u0000trol", "\ud83d", `${"long".repeat(300)}.pdf`])(
    "have a name that a blob can have, whatever the sender called them: %j",
    (name) => {
      for (const message of ["a.eml", `${"m".repeat(1020)}.eml`]) {
        const found = attachmentName(message, 0, name);
        expect(isBlobName(found)).toBe(true);
        expect(found.split("/").at(-1)).toMatch(/^1-[^/]+$/);
        if (name.endsWith(".pdf")) expect(found).toMatch(/\.pdf$/);
      }
    },
  );
});
