import { InvocationContext } from "@azure/functions";
import { expect, it } from "vitest";
import { openLanes } from "../../../src/functions/bindings/lane-host.ts";

it("a lane that cannot be opened is told of and left to the sweep: who put the document on its queue must not do it again", async () => {
  const lines: string[] = [];
  // Without the binding of a client, Durable Functions cannot be reached.
  const context = new InvocationContext({ functionName: "intake" });
  context.warn = (line: unknown) => void lines.push(String(line));
  await expect(openLanes(context, [{ name: "tickets" }, { name: "other" }])).resolves.toBeUndefined();
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { event: "lane.unopened", pipeline: "tickets", message: expect.any(String) },
    { event: "lane.unopened", pipeline: "other", message: expect.any(String) },
  ]);
});
