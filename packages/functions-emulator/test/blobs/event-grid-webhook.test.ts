import { expect, test } from "vitest";
import type { BlobMessage } from "../../src/blobs/blob-trigger-data.ts";
import { answerBlobWebhook, parseBlobUrl, type WebhookAnswer } from "../../src/blobs/event-grid-webhook.ts";

const event = (url: string) => ({ eventType: "any", data: { url, eTag: "0x8D", blobType: "BlockBlob" } });

async function answer(eventType: string | undefined, body: unknown): Promise<[WebhookAnswer, BlobMessage[]]> {
  const messages: BlobMessage[] = [];
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const request = { eventType, functionName: "Host.Functions.intake", body: text };
  return [await answerBlobWebhook(request, async (message) => void messages.push(message)), messages];
}

test("the handshake is answered with its code", async () => {
  const [response] = await answer("SubscriptionValidation", [{ data: { validationCode: "512d38b6" } }]);
  expect(response).toEqual({ status: 200, body: { validationResponse: "512d38b6" } });
});

test.each([
  ["an array", [event("https://account.blob.core.windows.net/input/a%20b/c.txt")]],
  ["a single event", event("https://account.blob.core.windows.net/input/a%20b/c.txt")],
])("%s becomes a message, with the ETag in quotes", async (_what, body) => {
  const [response, messages] = await answer("notification", body);
  expect(response).toEqual({ status: 202 });
  expect(messages).toEqual([
    {
      Type: "BlobTrigger",
      FunctionId: "Host.Functions.intake",
      BlobType: "BlockBlob",
      ContainerName: "input",
      BlobName: "a b/c.txt",
      ETag: '"0x8D"',
    },
  ]);
});

test("nothing is acknowledged that is not durable", async () => {
  const request = {
    eventType: "Notification",
    functionName: "f",
    body: JSON.stringify([event("http://127.0.0.1/acc/input/a")]),
  };
  await expect(answerBlobWebhook(request, () => Promise.reject(new Error("no queue")))).rejects.toThrow("no queue");
});

test.each([
  ["Unsubscribe", "", 202],
  ["Notification", "not json", 500],
  ["SubscriptionValidation", "{", 500],
  ["Notification", [{ data: {} }], 400],
  ["SubscriptionValidation", [], 400],
  ["Other", [], 400],
  [undefined, [], 400],
])("%s %j is %d", async (eventType, body, status) => {
  const [response, messages] = await answer(eventType, body);
  expect([response.status, messages]).toEqual([status, []]);
});

test.each([
  ["https://account.blob.core.windows.net/input/a.txt", "input", "a.txt"],
  ["http://127.0.0.1:10000/devstoreaccount1/input/a/%23%3F%25.txt", "input", "a/#?%.txt"],
  ["http://localhost:10000/devstoreaccount1/input/a", "input", "a"],
])("%s", (url, container, name) => {
  expect(parseBlobUrl(url)).toEqual({ container, name });
});
