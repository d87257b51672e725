import { randomBytes } from "node:crypto";
import { QueueServiceClient } from "@azure/storage-queue";
import { expect, inject, it } from "vitest";
import { firstStep } from "../../../src/lib/lane/lane.ts";
import { acceptDocument } from "../../../src/lib/queueing/accept-document.ts";
import { tellOnQueue } from "../../../src/lib/results/tell-end.ts";
import { MessageQueue } from "../../../src/lib/storage/message-queue.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

it("each document that ended is told on the queue: results, partial ones, failures, and what no pipeline wants; again after a crash", async () => {
  const tasks = ["topic", "people"].map((name) => ({ kind: "KeyPhraseExtraction" as const, name, parameters: {} }));
  const fixture = await LaneFixture.create({ match: "tickets/**", tasks });
  const client = QueueServiceClient.fromConnectionString(inject("storage")).getQueueClient(
    `done-${randomBytes(6).toString("hex")}`,
  );
  const tell = tellOnQueue(new MessageQueue(client), fixture.containers);
  fixture.language.script.onDocument = ({ text }, { name }) =>
    text === "bad" || (text === "half" && name === "people") ? { code: "InvalidDocument", message: "no" } : undefined;
  for (const text of ["good", "half", "bad", ""]) await fixture.drop(`tickets/${text || "empty"}.txt`, text);
  await fixture.containers.input.getBlockBlobClient("elsewhere.txt").uploadData(Buffer.from("x"));
  await acceptDocument({ ...fixture.sweepContext(), tellEnd: tell }, "elsewhere.txt", "event");

  // The queue cannot be reached once, while documents are read and while answers come: the step is taken again, and nothing goes untold.
  const broken = new Set(["partiallySucceeded", "failed"]);
  const tellEnd: typeof tell = async (record, outcome) => {
    if (broken.delete(record.status)) throw new Error("the queue is out of reach");
    await tell(record, outcome);
  };
  let step = firstStep({ pipeline: "tickets", lane: 0 });
  while (step.status.state !== "closing") {
    step = await fixture.step(step, { tellEnd });
    fixture.skippedMs += step.afterSeconds * 1_000;
  }
  const { peekedMessageItems } = await client.peekMessages({ numberOfMessages: 32 });
  const told = peekedMessageItems.map(({ messageText }) =>
    JSON.parse(Buffer.from(messageText, "base64").toString("utf8")),
  );
  const { results, failed } = fixture.containers;
  expect([...new Set(told.map(({ document, status, record }) => `${document} ${status} ${record}`))].sort()).toEqual([
    `elsewhere.txt failed ${failed.containerName}/_unmatched/elsewhere.txt.json`,
    `tickets/bad.txt failed ${failed.containerName}/tickets/tickets/bad.txt.json`,
    `tickets/empty.txt failed ${failed.containerName}/tickets/tickets/empty.txt.json`,
    `tickets/good.txt succeeded ${results.containerName}/tickets/tickets/good.txt.json`,
    `tickets/half.txt partiallySucceeded ${results.containerName}/tickets/tickets/half.txt.json`,
  ]);
  expect(told[0]).toEqual({
    pipeline: expect.any(String),
    document: expect.any(String),
    etag: expect.any(String),
    status: expect.any(String),
    record: expect.any(String),
    at: expect.any(String),
  });
});
