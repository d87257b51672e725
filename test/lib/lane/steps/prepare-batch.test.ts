import { expect, it, vi } from "vitest";
import { LaneFixture } from "../../../helpers/lane-fixture.ts";

vi.mock("../../../../src/lib/documents/cut-document.ts", async (original) => {
  const real = await original<typeof import("../../../../src/lib/documents/cut-document.ts")>();
  const cutDocument: typeof real.cutDocument = (text, limits) => {
    if (text === "the one nobody thought of") throw new TypeError("x is undefined\n    at somewhere");
    return real.cutDocument(text, limits);
  };
  return { ...real, cutDocument };
});

it("a fault of ours that one document brings out is that document's failure, and not its neighbours'", async () => {
  const fixture = await LaneFixture.create();
  await fixture.drop("good.txt", "good");
  await fixture.drop("odd.txt", "the one nobody thought of");
  await fixture.finish();
  expect(await fixture.results()).toEqual(["tickets/good.txt.json"]);
  expect((await fixture.read("failed", "odd.txt")).error).toMatchObject({
    code: "ReaderFailed",
    message: "The reader of documents could not cope with this one (TypeError: x is undefined)",
    source: "reader",
  });
});
