import type { InvocationContext } from "@azure/functions";
import { expect, it } from "vitest";
import { blobReference } from "../../../src/functions/bindings/triggers.ts";

const context = (blobTrigger?: string): InvocationContext =>
  ({ functionName: "intake", triggerMetadata: { blobTrigger } }) as unknown as InvocationContext;

it("takes the reference that a deferred binding gives", () => {
  const reference = { container: "documents", name: "tickets/a.txt" };
  expect(blobReference(reference, context())).toEqual(reference);
});

it.each([
  ["documents/tickets/a.txt", "tickets/a.txt"],
  ["documents/2024", "2024"],
  ["documents/refund #7 is 20%25 short?.txt", "refund #7 is 20%25 short?.txt"],
])("finds the name in the metadata when the host sends the content itself: %s", (blobTrigger, name) => {
  expect(blobReference(Buffer.from("the text"), context(blobTrigger))).toEqual({ container: "documents", name });
});

it("says so when nothing names a blob", () => {
  expect(() => blobReference(Buffer.from("the text"), context())).toThrow(/blob trigger of intake named no blob/);
});
