import { randomBytes } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Azurite, ofAccount, startAzurite } from "../src/azurite.ts";

let azurite: Azurite | undefined;
/** Of the account that a test has: in memory each has one of its own. */
let connectionString: string | undefined;

const account = () => connectionString ?? azurite?.connectionString ?? "";
const container = () => BlobServiceClient.fromConnectionString(account()).getContainerClient("things");
const queue = () => QueueServiceClient.fromConnectionString(account()).getQueueClient("things");

async function upload(name: string, text: string): Promise<string | undefined> {
  return (await container().getBlockBlobClient(name).upload(text, Buffer.byteLength(text))).etag;
}

async function contents(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name } of container().listBlobsFlat()) {
    found[name] = (await container().getBlobClient(name).downloadToBuffer()).toString();
  }
  return found;
}

describe("in memory", () => {
  let before: string[];
  let shared: Azurite;

  beforeAll(async () => {
    before = await readdir(".");
    shared = await startAzurite();
  });
  beforeEach(() => {
    connectionString = ofAccount(shared.connectionString, `a${randomBytes(8).toString("hex")}`);
  });
  afterAll(async () => {
    connectionString = undefined;
    await shared.stop();
  });

  test("serves blobs and queues and leaves nothing in the working directory", async () => {
    await container().create();
    await upload("a", "one");
    await queue().create();
    await queue().sendMessage("hello");
    expect(await contents()).toEqual({ a: "one" });
    expect((await queue().receiveMessages()).receivedMessageItems[0]?.messageText).toBe("hello");
    expect(await readdir(".")).toEqual(before);
  });

  test("says how much processor time its blobs and its queues have used", async () => {
    const used = await shared.processorSeconds();
    await container().create();
    for (let n = 0; n < 50; n++) await upload(`${n}`, "x".repeat(10_000));
    const after = await shared.processorSeconds();
    expect(used.queues).toBeGreaterThan(0);
    expect(after.blobs).toBeGreaterThan(used.blobs);
    // The queues, a process of their own, had nothing to do.
    expect(after.queues - used.queues).toBeLessThan(after.blobs - used.blobs);
  });

  test("a look for a blob that is not there costs no connection, as in Azure", async () => {
    await container().create();
    let connections = 0;
    const count = () => void connections++;
    subscribe("net.client.socket", count);
    for (let n = 0; n < 20; n++) expect(await container().getBlobClient(`${n}`).exists()).toBe(false);
    unsubscribe("net.client.socket", count);
    expect(connections).toBeLessThan(5);
  });

  test("accounts of one emulator see nothing of each other", async () => {
    const other = BlobServiceClient.fromConnectionString(ofAccount(shared.connectionString, "other"));
    await container().create();
    await upload("a", "one");
    await other.getContainerClient("things").create();
    await other.getContainerClient("things").getBlockBlobClient("b").upload("two", 3);
    expect(await contents()).toEqual({ a: "one" });
    expect((await other.getContainerClient("things").getBlobClient("b").downloadToBuffer()).toString()).toBe("two");
  });
});

// Each start is two processes that load Azurite: seconds on a busy machine.
describe("with a directory", { timeout: 240_000 }, () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "azurite-"));
  });
  afterEach(async () => {
    await azurite?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const write = async (): Promise<void> => {
    await container().createIfNotExists();
    await upload("kept", "first version");
    await upload("kept", "second version");
    await upload("dropped", "gone");
    await container().deleteBlob("dropped");
    await upload("2024 ünï/#?%.txt", "odd name");
    await queue().createIfNotExists();
    await queue().sendMessage("kept");
    await queue().sendMessage("dropped");
    const { receivedMessageItems } = await queue().receiveMessages({ numberOfMessages: 2, visibilityTimeout: 1 });
    const dropped = receivedMessageItems.find((each) => each.messageText === "dropped");
    await queue().deleteMessage(dropped?.messageId ?? "", dropped?.popReceipt ?? "");
  };

  const readBack = async (): Promise<void> => {
    expect(await contents()).toEqual({ kept: "second version", "2024 ünï/#?%.txt": "odd name" });
    expect((await queue().getProperties()).approximateMessagesCount).toBe(1);
  };

  test("everything is there again after a stop", async () => {
    azurite = await startAzurite({ directory });
    await write();
    await azurite.stop();
    azurite = await startAzurite({ directory });
    await readBack();
  });

  test("acknowledged writes survive SIGKILL, more than once", async () => {
    azurite = await startAzurite({ directory });
    await write();
    const etag = await upload("kept", "second version");
    await azurite.kill();
    azurite = await startAzurite({ directory });
    await readBack();
    expect((await container().getBlobClient("kept").getProperties()).etag).toBe(etag);
    await azurite.kill();
    azurite = await startAzurite({ directory });
    await readBack();
    await upload("later", "third run");
    await azurite.kill();
    azurite = await startAzurite({ directory });
    expect(await contents()).toMatchObject({ later: "third run", kept: "second version" });
  });

  test("a queue answers while the blobs are held up, because each has a process of its own", async () => {
    azurite = await startAzurite({ directory });
    await queue().create();
    await container().create();
    const [blobs, queues] = await Promise.all(
      ["blobs", "queues"].map(async (name) => Number(await readFile(join(directory, `${name}.pid`), "utf8"))),
    );
    expect(blobs).not.toBe(queues);
    process.kill(blobs ?? 0, "SIGSTOP");
    const uploading = upload("a", "later");
    expect((await queue().sendMessage("now")).messageId).toMatch(/./);
    process.kill(blobs ?? 0, "SIGCONT");
    expect(await uploading).toBeDefined();
  });

  test("a second emulator on the same directory is refused", async () => {
    azurite = await startAzurite({ directory });
    await expect(startAzurite({ directory })).rejects.toThrow(/is in use by process \d+/);
  });
});
